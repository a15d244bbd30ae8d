use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use adapters_sqlite::{
    OpenError, SqliteDatabase, SqliteReplyStore, SqliteSessionRepository, SqliteUserRepository,
};
use chrono::DateTime;
use domain::ids::{OwnerId, ReplyId, SessionId, TicketId, UserId};
use domain::password::PasswordHash;
use domain::ports::{
    Claim, ClaimRequest, Credentials, ReplyStore as _, RetryRule, SessionRepository as _,
    UserRepository as _,
};
use domain::session::{RefreshSession, RefreshTokenDigest};
use domain::stream_token::TokenDigest;
use domain::ticket::{Description, NewTicket, Priority, Ticket, Title};
use domain::user::{Email, Role, User};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{Scratch, replies_of};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_is_read_after_reopening() {
    let scratch = Scratch::new();
    let ada = ada();
    let users = SqliteUserRepository::new(scratch.migrated().await);
    users.insert(&ada).await.expect("stored");
    drop(users);

    let users = SqliteUserRepository::new(scratch.open());
    let found = users.find_credentials(&ada.user.email).await;
    assert_eq!(found.expect("read"), Some(ada));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_claims_through_two_handles_one_is_granted() {
    let scratch = Scratch::new();
    let handles = [scratch.migrated().await, scratch.open()];
    let ticket = ticket_in(&handles[0]).await;
    let stores = handles.map(|database| Arc::new(SqliteReplyStore::new(database)));
    let mut claims = JoinSet::new();
    for number in 0..16 {
        for (handle, replies) in (0..).zip(&stores) {
            let replies = Arc::clone(replies);
            let request = request(&ticket, 100 + 2 * number + handle);
            claims.spawn(async move { replies.claim(request).await.expect("answered") });
        }
    }
    let claims = claims.join_all().await;
    let granted = claims
        .iter()
        .filter(|claim| matches!(claim, Claim::Granted(..)));
    assert_eq!((granted.count(), claims.len()), (1, 32));
}

#[tokio::test(flavor = "multi_thread")]
async fn released_leases_are_taken_over_at_once() {
    let scratch = Scratch::new();
    let database = scratch.migrated().await;
    let ticket = ticket_in(&database).await;
    let stores = replies_of(&database, scratch);
    let claim = stores.replies.claim(request(&ticket, 1)).await;
    assert!(matches!(claim, Ok(Claim::Granted(..))));

    let takeover = domain::ports::TakeoverRequest {
        owner: OwnerId::from_uuid(Uuid::from_u128(2)),
        lease: Duration::from_mins(1),
        model: "openai/gpt-oss-20b".to_owned(),
        max: 10,
        at: DateTime::UNIX_EPOCH,
    };
    let before = stores.replies.take_over_expired(takeover.clone()).await;
    assert_eq!(before.expect("answered"), []);
    database.release_foreign_leases().await.expect("released");
    let after = stores.replies.take_over_expired(takeover).await;
    assert_eq!(after.expect("answered").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_leaves_leaves_no_transaction_open() {
    let scratch = Scratch::new();
    let database = scratch.migrated().await;
    let users = SqliteUserRepository::new(database);
    for number in 0..64 {
        let mut credentials = ada();
        credentials.user.id = UserId::from_uuid(Uuid::from_u128(1_000 + number));
        credentials.user.email =
            Email::parse(&format!("ada-{number}@example.com")).expect("an address");
        let mut insert = std::pin::pin!(users.insert(&credentials));
        // However far it got: some are dropped waiting for the connection, some at work.
        for _ in 0..number % 4 {
            let ready = poll_fn(|context| {
                let ready = insert.as_mut().poll(context).is_ready();
                Poll::Ready(ready)
            });
            if ready.await {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    users.insert(&ada()).await.expect("stored");
}

/// An HTTP server's workers are such runtimes.
#[tokio::test(flavor = "current_thread")]
async fn a_caller_on_a_single_thread_may_leave_too() {
    let scratch = Scratch::new();
    let users = SqliteUserRepository::new(scratch.migrated().await);
    for _ in 0..8 {
        let credentials = ada();
        let insert = users.insert(&credentials);
        let outcome = tokio::time::timeout(Duration::ZERO, insert).await;
        drop(outcome);
    }
    let found = users.find(UserId::from_uuid(Uuid::from_u128(5_000))).await;
    assert_eq!(found.expect("read"), None);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn only_its_owner_may_read_a_new_database() {
    use std::os::unix::fs::PermissionsExt as _;

    let scratch = Scratch::new();
    let database = scratch.migrated().await;
    let folder = scratch.path();
    let folder = folder.parent().expect("a folder");
    for entry in folder.read_dir().expect("listed") {
        let entry = entry.expect("listed");
        let mode = entry.metadata().expect("read").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", entry.file_name());
    }
    drop(database);
}

#[test]
fn a_file_that_cannot_be_made_is_told() {
    let refusal = SqliteDatabase::open(std::path::Path::new("/dev/null/support.db"));
    assert!(matches!(refusal, Err(OpenError::Inaccessible { .. })));
}

fn ada() -> Credentials {
    Credentials {
        user: User {
            id: UserId::from_uuid(Uuid::from_u128(42)),
            email: Email::parse("ada@example.com").expect("an address"),
            role: Role::User,
            created_at: DateTime::UNIX_EPOCH,
            disabled_at: None,
        },
        password_hash: PasswordHash::new("hash"),
    }
}

/// A session of the customer whose ticket is there.
pub(crate) async fn session_in(database: &SqliteDatabase) -> SessionId {
    let ada = ada();
    let token = RefreshTokenDigest {
        family: TokenDigest::from_bytes([2; 32]),
        generation: TokenDigest::from_bytes([3; 32]),
    };
    let id = SessionId::from_uuid(Uuid::from_u128(1));
    let session = RefreshSession::new(id, ada.user.id, token, DateTime::UNIX_EPOCH);
    let sessions = SqliteSessionRepository::new(database.clone());
    let begun = sessions.begin(&session, &ada.password_hash).await;
    assert!(begun.expect("answered"));
    id
}

pub(crate) async fn ticket_in(database: &SqliteDatabase) -> Ticket {
    use domain::ports::TicketRepository as _;

    let ada = ada();
    let users = SqliteUserRepository::new(database.clone());
    users.insert(&ada).await.expect("stored");
    let new = NewTicket {
        title: Title::parse("Refund").expect("a title"),
        description: Description::parse("How?").expect("a description"),
        category: None,
        priority: Priority::Normal,
    };
    let id = TicketId::from_uuid(Uuid::from_u128(7));
    let ticket = Ticket::open(id, ada.user.id, new, DateTime::UNIX_EPOCH);
    let tickets = adapters_sqlite::SqliteTicketRepository::new(database.clone());
    tickets.insert(&ticket).await.expect("stored");
    ticket
}

pub(crate) fn request(ticket: &Ticket, number: u128) -> ClaimRequest {
    ClaimRequest {
        ticket_id: ticket.id,
        reply_id: ReplyId::from_uuid(Uuid::from_u128(number)),
        owner: OwnerId::from_uuid(Uuid::from_u128(number)),
        lease: Duration::from_mins(1),
        model: "model".to_owned(),
        retry: RetryRule::Automatic,
        limits: None,
        at: DateTime::UNIX_EPOCH,
    }
}
