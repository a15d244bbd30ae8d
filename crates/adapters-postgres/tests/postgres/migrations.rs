use std::collections::BTreeSet;
use std::path::Path;

use adapters_postgres::{
    PgMessageRepository, PgSessionRepository, PgStoreHealth, PgTicketRepository,
};
use chrono::DateTime;
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
use crate::fixtures::{client, session_of, ticket_in, user};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_database_is_healthy_but_not_migrated() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let database = scratch.open();
    let health = PgStoreHealth::new(database.clone());
    health.ping().await.expect("healthy");
    assert!(!health.is_migrated().await.expect("answered"));

    database.migrate().await.expect("migrated");
    assert!(health.is_migrated().await.expect("answered"));
    health.ping().await.expect("healthy");
}

#[tokio::test(flavor = "multi_thread")]
async fn migrating_twice_is_migrating_once() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let database = scratch.migrated().await;
    database.migrate().await.expect("migrated again");
    scratch.migrated().await;
}

/// Some servers make databases without an encoding. Those know no accents, but serve.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_in_utf_8_is_searched_all_the_same() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let (before, path) = scratch.url().rsplit_once('/').expect("a path");
    let (name, parameters) = path.split_once('?').unwrap_or((path, ""));
    let name = format!("{name}_ascii");
    let server = client(scratch.url()).await;
    let create = format!(
        "CREATE DATABASE {name} ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
    );
    server.batch_execute(&create).await.expect("created");
    let database = crate::open(&format!("{before}/{name}?{parameters}"));
    database.migrate().await.expect("migrated");
    let ticket = ticket_in(&database, 1).await;
    let filter = TicketFilter {
        search: TicketSearch::parse("refund").ok(),
        ..TicketFilter::default()
    };
    let order = TicketOrder::Relevance { after: None };
    let tickets = PgTicketRepository::new(database);
    let page = tickets.list(&filter, order, PageLimit::default()).await;
    assert_eq!(page.expect("found").items, [ticket]);
    drop(tickets);
    let drop_database = format!("DROP DATABASE {name} WITH (FORCE)");
    server.batch_execute(&drop_database).await.expect("dropped");
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_start_together_migrate_once() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let mut starts = JoinSet::new();
    for _ in 0..4 {
        let database = scratch.open();
        starts.spawn(async move { database.migrate().await });
    }
    for outcome in starts.join_all().await {
        outcome.expect("migrated");
    }
    let health = PgStoreHealth::new(scratch.open());
    assert!(health.is_migrated().await.expect("answered"));
}

/// HTTP workers and small programs have such runtimes.
#[tokio::test(flavor = "current_thread")]
async fn a_single_thread_may_migrate_too() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let health = PgStoreHealth::new(scratch.migrated().await);
    assert!(health.is_migrated().await.expect("answered"));
}

#[test]
fn both_stores_have_the_same_migrations() {
    assert_eq!(names("postgres"), names("sqlite"));
    assert!(!names("postgres").is_empty());
}

fn names(store: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let entries = folder.join(store).read_dir().expect("a folder");
    entries
        .map(|entry| {
            let name = entry.expect("an entry").file_name();
            name.into_string().expect("a name in UTF-8")
        })
        .collect()
}

/// The rows are there before the migrations that index them, and stay when those are undone.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_before_is_found_after_migrating() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let database = scratch.migrated().await;
    let ticket = ticket_in(&database, 7).await;
    let tickets = PgTicketRepository::new(database.clone());
    let message = |number, text, visibility| NewMessage {
        id: MessageId::from_uuid(Uuid::from_u128(number)),
        ticket_id: ticket.id,
        author: Author::Agent(ticket.user_id),
        text: MessageText::parse(text).expect("a text"),
        visibility,
        created_at: DateTime::UNIX_EPOCH,
    };
    let messages = PgMessageRepository::new(database.clone());
    for message in [
        message(5, "By express", Visibility::Public),
        message(6, "Suspicious", Visibility::Internal),
    ] {
        messages.append(message).await.expect("stored");
    }
    let before = tickets.find(ticket.id).await.expect("read");

    let client = client(scratch.url()).await;
    for statements in undoing("2026-11-27-000012") {
        client.batch_execute(&statements).await.expect("undone");
    }
    let health = PgStoreHealth::new(database.clone());
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
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let database = scratch.migrated().await;
    ticket_in(&database, 7).await;
    let session = session_of(&database, &user(7)).await;
    let client = client(scratch.url()).await;
    let binding = undoing("2026-11-27-000016");
    let binding = binding.iter().find(|down| down.contains("20261127000016"));
    let old_token = "INSERT INTO stream_tokens (digest, user_id, ticket_id, expires_at)
        SELECT sha256('old'), user_id, id, now() FROM tickets";
    for statements in [binding.expect("the migration"), old_token] {
        client.batch_execute(statements).await.expect("done");
    }
    let health = PgStoreHealth::new(database.clone());
    assert!(!health.is_migrated().await.expect("answered"));
    database.migrate().await.expect("migrated again");
    assert!(health.is_migrated().await.expect("answered"));
    let left = client.query("SELECT 1 FROM stream_tokens", &[]).await;
    assert_eq!(left.expect("read").len(), 0);
    let sessions = PgSessionRepository::new(database);
    let found = sessions.find_user(session, DateTime::UNIX_EPOCH).await;
    assert_eq!(found.expect("read"), Some(user(7).user));
}

/// What undoes the migrations from one on, the last first.
fn undoing(first: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/postgres");
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
