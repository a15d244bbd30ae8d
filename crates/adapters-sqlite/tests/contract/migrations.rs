use std::path::Path;

use adapters_sqlite::{
    SqliteMessageRepository, SqliteSessionRepository, SqliteStoreHealth, SqliteTicketRepository,
};
use chrono::DateTime;
use diesel::connection::SimpleConnection as _;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::ids::MessageId;
use domain::message::{Author, MessageText, NewMessage, Visibility};
use domain::page::PageLimit;
use domain::ports::{
    MessageRepository as _, SessionRepository as _, StoreHealth as _, TicketRepository as _,
};
use domain::ticket::{Ticket, TicketFilter, TicketOrder, TicketSearch};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::Scratch;
use crate::database::{session_in, ticket_in};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_database_is_healthy_but_not_migrated() {
    let scratch = Scratch::new();
    let database = scratch.open();
    let health = SqliteStoreHealth::new(database.clone());
    health.ping().await.expect("healthy");
    assert!(!health.is_migrated().await.expect("answered"));

    database.migrate().await.expect("migrated");
    assert!(health.is_migrated().await.expect("answered"));
    health.ping().await.expect("healthy");
}

#[tokio::test(flavor = "multi_thread")]
async fn migrating_twice_is_migrating_once() {
    let scratch = Scratch::new();
    let database = scratch.migrated().await;
    database.migrate().await.expect("migrated again");
    scratch.migrated().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_start_together_migrate_once() {
    let scratch = Scratch::new();
    let mut starts = JoinSet::new();
    for _ in 0..8 {
        let database = scratch.open();
        starts.spawn(async move { database.migrate().await });
    }
    for outcome in starts.join_all().await {
        outcome.expect("migrated");
    }
    let health = SqliteStoreHealth::new(scratch.open());
    assert!(health.is_migrated().await.expect("answered"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_database_is_unhealthy() {
    let scratch = Scratch::new();
    let database = scratch.open();
    std::fs::write(scratch.path(), "not a database, by its first bytes").expect("written");
    let health = SqliteStoreHealth::new(database.clone());
    let refusal = health.ping().await;
    assert!(matches!(
        refusal,
        Err(domain::ports::RepositoryError::Unavailable(_))
    ));
    database.migrate().await.expect_err("not migrated");
}

/// The rows are there before the migrations that index them, and stay when those are undone.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_before_is_found_after_migrating() {
    let scratch = Scratch::new();
    let database = scratch.migrated().await;
    let ticket = ticket_in(&database).await;
    let tickets = SqliteTicketRepository::new(database.clone());
    let message = |number, text, visibility| NewMessage {
        id: MessageId::from_uuid(Uuid::from_u128(number)),
        ticket_id: ticket.id,
        author: Author::Agent(ticket.user_id),
        text: MessageText::parse(text).expect("a text"),
        visibility,
        created_at: DateTime::UNIX_EPOCH,
    };
    let messages = SqliteMessageRepository::new(database.clone());
    for message in [
        message(5, "By express", Visibility::Public),
        message(6, "Suspicious", Visibility::Internal),
    ] {
        messages.append(message).await.expect("stored");
    }
    let before = tickets.find(ticket.id).await.expect("read");

    let path = scratch.path();
    let mut connection =
        SqliteConnection::establish(path.to_str().expect("UTF-8")).expect("opened");
    for statements in undoing("2026-11-27-000012") {
        connection.batch_execute(&statements).expect("undone");
    }
    let health = SqliteStoreHealth::new(database.clone());
    assert!(!health.is_migrated().await.expect("answered"));
    database.migrate().await.expect("migrated again");
    // The columns went with what they held.
    let before = before.map(|ticket| Ticket {
        handoff: None,
        ..ticket
    });
    assert_eq!(tickets.find(ticket.id).await.expect("read"), before);
    for (q, found) in [("refund", 1), ("how", 0), ("express", 1), ("suspicious", 0)] {
        let filter = TicketFilter {
            search: Some(TicketSearch::parse(q).expect("a search")),
            ..TicketFilter::default()
        };
        let page = tickets.list(&filter, TicketOrder::default(), PageLimit::MAX);
        assert_eq!(page.await.expect("listed").items.len(), found, "{q}");
    }
}

/// Databases may have migrations behind it already, and tokens of no session.
#[tokio::test(flavor = "multi_thread")]
async fn stream_tokens_of_no_session_are_dropped_and_sessions_stay() {
    let scratch = Scratch::new();
    let database = scratch.migrated().await;
    let ticket = ticket_in(&database).await;
    let session = session_in(&database).await;
    let path = scratch.path();
    let mut connection =
        SqliteConnection::establish(path.to_str().expect("UTF-8")).expect("opened");
    let binding = undoing("2026-11-27-000016");
    let binding = binding.iter().find(|down| down.contains("20261127000016"));
    let old_token = "INSERT INTO stream_tokens (digest, user_id, ticket_id, expires_at)
        SELECT zeroblob(32), user_id, id, 0 FROM tickets";
    for statements in [binding.expect("the migration"), old_token] {
        connection.batch_execute(statements).expect("done");
    }
    let health = SqliteStoreHealth::new(database.clone());
    assert!(!health.is_migrated().await.expect("answered"));
    database.migrate().await.expect("migrated again");
    assert!(health.is_migrated().await.expect("answered"));
    let tokens = sql::<BigInt>("(SELECT count(*) FROM stream_tokens)");
    let left: i64 = diesel::select(tokens)
        .get_result(&mut connection)
        .expect("counted");
    assert_eq!(left, 0);
    let sessions = SqliteSessionRepository::new(database);
    let found = sessions.find_user(session, DateTime::UNIX_EPOCH).await;
    assert_eq!(
        found.expect("read").map(|user| user.id),
        Some(ticket.user_id)
    );
}

/// What undoes the migrations from one on, the last first.
fn undoing(first: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/sqlite");
    let entries = folder.read_dir().expect("a folder");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| name.into_string().expect("a name in UTF-8"))
        .filter(|name| name.as_str() >= first)
        .collect();
    names.sort_by(|one, other| other.cmp(one));
    let down = |name: &String| {
        let statements = std::fs::read_to_string(folder.join(name).join("down.sql"));
        let version = name.split('_').next().expect("a version").replace('-', "");
        let forget = format!("DELETE FROM __diesel_schema_migrations WHERE version = '{version}';");
        statements.expect("statements") + &forget
    };
    names.iter().map(down).collect()
}
