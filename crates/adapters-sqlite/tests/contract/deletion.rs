use adapters_sqlite::{
    SqliteMessageRepository, SqliteReplyStore, SqliteStreamTokenRepository, SqliteTicketRepository,
};
use chrono::DateTime;
use diesel::connection::SimpleConnection as _;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::ids::MessageId;
use domain::message::{Author, Feedback, MessageText, NewMessage, Rating, Visibility};
use domain::ports::{
    MessageRepository as _, ReplyStore as _, StreamTokenRepository as _, TicketRepository as _,
};
use domain::stream_token::{StreamToken, TokenDigest};
use domain::ticket::{ExpectedVersion, Tags, TicketChange, TicketUpdate};
use domain::user::{Actor, Role};
use uuid::Uuid;

use crate::Scratch;
use crate::database::{request, session_in, ticket_in};

/// No port deletes tickets yet; operators do.
#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_is_deleted_leaves_no_orphan() {
    let scratch = Scratch::new();
    let database = scratch.migrated().await;
    let ticket = ticket_in(&database).await;
    let update = TicketUpdate {
        tags: Some(Tags::parse(["vip"]).expect("tags")),
        ..TicketUpdate::default()
    };
    let change = TicketChange::Update {
        by: Actor {
            id: ticket.user_id,
            role: Role::Agent,
        },
        update,
        expected: ExpectedVersion::Any,
    };
    let tickets = SqliteTicketRepository::new(database.clone());
    let changed = tickets.change(ticket.id, change, DateTime::UNIX_EPOCH);
    changed.await.expect("changed");
    let replies = SqliteReplyStore::new(database.clone());
    replies.claim(request(&ticket, 1)).await.expect("claimed");
    let message = NewMessage {
        id: MessageId::from_uuid(Uuid::from_u128(5)),
        ticket_id: ticket.id,
        author: Author::Customer(ticket.user_id),
        text: MessageText::parse("And by express?").expect("a text"),
        visibility: Visibility::Public,
        created_at: DateTime::UNIX_EPOCH,
    };
    let messages = SqliteMessageRepository::new(database.clone());
    messages.append(message).await.expect("stored");
    let feedback = Feedback {
        rating: Rating::Up,
        comment: None,
        updated_at: DateTime::UNIX_EPOCH,
    };
    let rated = messages.rate(MessageId::from_uuid(Uuid::from_u128(5)), &feedback);
    assert!(rated.await.expect("rated"));
    replies.claim(request(&ticket, 2)).await.expect("claimed");

    let session = session_in(&database).await;
    let tokens = SqliteStreamTokenRepository::new(database);
    for number in [0, 1] {
        let digest = TokenDigest::from_bytes([number; 32]);
        let at = DateTime::UNIX_EPOCH;
        let token = StreamToken::new(digest, ticket.user_id, session, ticket.id, at);
        assert!(tokens.insert(&token).await.expect("answered"));
    }
    let used = TokenDigest::from_bytes([0; 32]);
    let bound = tokens.bind(used, request(&ticket, 2).reply_id).await;
    assert!(bound.expect("answered"));

    let path = scratch.path();
    let mut connection =
        SqliteConnection::establish(path.to_str().expect("UTF-8")).expect("opened");
    connection
        .batch_execute("PRAGMA foreign_keys = ON")
        .expect("done");
    let tables = [
        "tickets",
        "messages",
        "replies",
        "reply_events",
        "reply_claims",
        "stream_tokens",
        "ticket_tags",
        "feedback",
        "search_texts",
        "search_stems_docsize",
        "search_words_docsize",
    ];
    for (deleted, statement) in [(false, "SELECT 1"), (true, "DELETE FROM tickets")] {
        connection.batch_execute(statement).expect("done");
        for table in tables {
            let count = sql::<BigInt>(&format!("(SELECT count(*) FROM {table})"));
            let count: i64 = diesel::select(count)
                .get_result(&mut connection)
                .expect("counted");
            assert_eq!(count == 0, deleted, "{table} has {count} rows");
        }
    }
}
