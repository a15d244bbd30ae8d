use adapters_postgres::{PgMessageRepository, PgReplyStore, PgStreamTokenRepository};
use chrono::DateTime;
use domain::ids::MessageId;
use domain::message::{Author, Feedback, MessageText, NewMessage, Rating, Visibility};
use domain::ports::{MessageRepository as _, ReplyStore as _, StreamTokenRepository as _};
use domain::stream_token::{StreamToken, TokenDigest};
use uuid::Uuid;

use crate::Scratch;
use crate::fixtures::{client, request, running_in, session_of, user};

/// No port deletes tickets yet; operators do.
#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_is_deleted_leaves_no_orphan() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let database = scratch.migrated().await;
    let (ticket, _) = running_in(&database, 1).await;
    let message = NewMessage {
        id: MessageId::from_uuid(Uuid::from_u128(5)),
        ticket_id: ticket.id,
        author: Author::Customer(ticket.user_id),
        text: MessageText::parse("And by express?").expect("a text"),
        visibility: Visibility::Public,
        created_at: DateTime::UNIX_EPOCH,
    };
    let messages = PgMessageRepository::new(database.clone());
    messages.append(message).await.expect("stored");
    let feedback = Feedback {
        rating: Rating::Up,
        comment: None,
        updated_at: DateTime::UNIX_EPOCH,
    };
    let rated = messages.rate(MessageId::from_uuid(Uuid::from_u128(5)), &feedback);
    assert!(rated.await.expect("rated"));
    let replies = PgReplyStore::new(database.clone());
    replies.claim(request(&ticket, 2)).await.expect("claimed");
    let digest = TokenDigest::from_bytes([1; 32]);
    let session = session_of(&database, &user(1)).await;
    let at = DateTime::UNIX_EPOCH;
    let token = StreamToken::new(digest, ticket.user_id, session, ticket.id, at);
    let tokens = PgStreamTokenRepository::new(database);
    assert!(tokens.insert(&token).await.expect("answered"));

    let client = client(scratch.url()).await;
    let tables = [
        "tickets",
        "messages",
        "replies",
        "reply_events",
        "reply_claims",
        "stream_tokens",
        "feedback",
        "search_texts",
    ];
    for (deleted, sql) in [(false, "SELECT 1"), (true, "DELETE FROM tickets")] {
        client.batch_execute(sql).await.expect("done");
        for table in tables {
            let count = client
                .query_one(&format!("SELECT count(*) FROM {table}"), &[])
                .await;
            let count: i64 = count.expect("counted").get(0);
            assert_eq!(count == 0, deleted, "{table} has {count} rows");
        }
    }
}
