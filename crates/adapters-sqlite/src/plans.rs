//! Which indexes SQLite uses for work that is done all the time over tables that grow.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::DateTime;
use diesel::connection::InstrumentationEvent;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel::sqlite::Sqlite;
use domain::ids::{OwnerId, TicketId, UserId};
use domain::page::PageLimit;
use domain::ports::{
    ReplyEventLog as _, ReplyStore as _, StreamTokenRepository as _, TakeoverRequest, Throttle as _,
};
use domain::throttle::{Bucket, BucketKey, Quota};
use domain::ticket::{AssigneeFilter, TicketFilter, TicketOrder, TicketStatus, TimePlace};
use tempfile::TempDir;
use uuid::Uuid;

use crate::schema::sessions::dsl::id as session_id;
use crate::{
    SqliteDatabase, SqliteReplyEventLog, SqliteReplyStore, SqliteStreamTokenRepository,
    SqliteThrottle,
};
use crate::{sessions, tickets};

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// A database that notes what is asked of its writer.
struct Watched {
    database: SqliteDatabase,
    statements: Arc<Mutex<Vec<String>>>,
    /// Where it lies.
    _folder: TempDir,
}

impl Watched {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let database = SqliteDatabase::open(&folder.path().join("test.db")).unwrap();
        database.migrate().await.unwrap();
        let statements = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&statements);
        database
            .write(move |connection| {
                connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                    if let InstrumentationEvent::StartQuery { query, .. } = event {
                        noted.lock().unwrap().push(query.to_string());
                    }
                });
                Ok(())
            })
            .await
            .unwrap();
        Self {
            database,
            statements,
            _folder: folder,
        }
    }

    /// Each statement on this table went by these indexes, and read no whole table.
    async fn used(&self, table: &str, indexes: &[&[&str]]) {
        let from = format!("FROM `{table}`");
        let mut statements = std::mem::take(&mut *self.statements.lock().unwrap());
        statements.retain(|statement| statement.contains(&from));
        assert_eq!(statements.len(), indexes.len(), "{statements:?}");
        for (statement, indexes) in statements.into_iter().zip(indexes) {
            let plan = self.plan(statement).await;
            assert!(!plan.contains("SCAN"), "{plan}");
            for index in *indexes {
                assert!(plan.contains(&format!("INDEX {index} (")), "{plan}");
            }
        }
    }

    async fn plan(&self, statement: String) -> String {
        let explained = self.database.read(move |connection| {
            // The statement's values follow it as a comment.
            let query = format!("EXPLAIN QUERY PLAN {statement}");
            Ok(diesel::sql_query(query).load::<Step>(connection)?)
        });
        let steps = explained.await.unwrap().into_iter();
        steps.map(|step| step.detail + "; ").collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trim_reads_only_what_is_not_trimmed() {
    let watched = Watched::new().await;
    let events = SqliteReplyEventLog::new(watched.database.clone());
    events.trim(DateTime::UNIX_EPOCH, 10).await.unwrap();
    watched.used("replies", &[&["untrimmed_replies"]]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_takeover_reads_only_what_runs() {
    let watched = Watched::new().await;
    let replies = SqliteReplyStore::new(watched.database.clone());
    let request = TakeoverRequest {
        owner: OwnerId::from_uuid(Uuid::from_u128(1)),
        lease: Duration::from_secs(1),
        model: "openai/gpt-oss-20b".to_owned(),
        max: 10,
        at: DateTime::UNIX_EPOCH,
    };
    replies.take_over_expired(request).await.unwrap();
    watched
        .used("replies", &[&["running_replies_by_lease"]])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_reads_only_stream_tokens_that_are_due_or_used() {
    let watched = Watched::new().await;
    let tokens = SqliteStreamTokenRepository::new(watched.database.clone());
    tokens.remove_expired(DateTime::UNIX_EPOCH).await.unwrap();
    let by_reply = ["stream_tokens_by_reply", "sqlite_autoindex_replies_1"];
    let indexes: [&[&str]; 2] = [&["unused_stream_tokens"], &by_reply];
    watched.used("stream_tokens", &indexes).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_readers_are_found_by_their_ids() {
    let watched = Watched::new().await;
    let ids: Vec<String> = (0..1_000).map(|n| Uuid::from_u128(n).to_string()).collect();
    let query = sessions::lasting(0).filter(session_id.eq_any(ids));
    let query = query.select(session_id);
    let plan = watched
        .plan(diesel::debug_query::<Sqlite, _>(&query).to_string())
        .await;
    assert!(!plan.contains("SCAN"), "{plan}");
    for index in ["sqlite_autoindex_sessions_1", "sqlite_autoindex_users_1"] {
        assert!(plan.contains(&format!("INDEX {index} (")), "{plan}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_read_in_the_order_of_an_index() {
    let watched = Watched::new().await;
    let id = UserId::from_uuid(Uuid::from_u128(1));
    let any = TicketFilter::default;
    let one = TicketFilter {
        user_id: Some(id),
        ..any()
    };
    let pending = TicketFilter {
        status: Some(TicketStatus::Pending),
        ..any()
    };
    let mine = TicketFilter {
        assignee: Some(AssigneeFilter::Agent(id)),
        ..any()
    };
    let after = Some(TimePlace {
        at: DateTime::UNIX_EPOCH,
        id: TicketId::from_uuid(Uuid::from_u128(1)),
    });
    let by_creation = TicketOrder::CreatedAt { after };
    let by_change = TicketOrder::UpdatedAt { after };
    for (filter, order, index) in [
        (any(), by_creation, "tickets_by_age"),
        (one.clone(), by_creation, "tickets_by_user"),
        (pending.clone(), by_creation, "tickets_by_status"),
        (mine, by_creation, "tickets_by_assignee"),
        (any(), by_change, "tickets_by_change"),
        (one, by_change, "tickets_by_user_and_change"),
        (pending, by_change, "tickets_by_status_and_change"),
    ] {
        let query = tickets::by_time(&filter, order, PageLimit::default());
        let statement = diesel::debug_query::<Sqlite, _>(&query).to_string();
        let plan = watched.plan(statement).await;
        // Searched, so entered where the page starts.
        let searched = format!("SEARCH tickets USING INDEX {index} (");
        assert!(plan.contains(&searched), "{index}: {plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{index}: {plan}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_throttles_that_are_asked_for_or_full_are_read() {
    let watched = Watched::new().await;
    let throttle = SqliteThrottle::new(watched.database.clone());
    let bucket = Bucket {
        key: BucketKey::from_bytes([1; 32]),
        quota: Quota {
            name: "quota",
            capacity: 1,
            window: Duration::from_secs(1),
        },
    };
    let at = DateTime::UNIX_EPOCH;
    throttle.take(&[bucket], at).await.unwrap();
    throttle
        .remove_full(at + Duration::from_secs(1), 10)
        .await
        .unwrap();
    let indexes: [&[&str]; 3] = [&[], &["throttles_by_full_at"], &[]];
    watched.used("throttles", &indexes).await;
}

/// Those with a limit would be prepared anew each time they are used.
#[tokio::test(flavor = "multi_thread")]
async fn statements_are_planned_once_whatever_is_bound_to_them() {
    let watched = Watched::new().await;
    let is_stable = watched.database.read(|connection| {
        let is_stable = sql::<Bool>("sqlite_compileoption_used('ENABLE_QPSG')");
        Ok(diesel::select(is_stable).get_result::<bool>(connection)?)
    });
    assert!(is_stable.await.unwrap());
}
