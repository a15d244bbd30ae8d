//! How the server finds rows for the queries that are asked all the time, among some thousands of
//! which each query wants a few.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Text;
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ids::{ReplyId, TicketId, UserId};
use domain::message::Audience;
use domain::page::PageLimit;
use domain::ticket::{
    AssigneeFilter, Tag, TicketFilter, TicketOrder, TicketSearch, TicketStatus, TimePlace,
};
use futures_util::FutureExt as _;
use testkit::postgres::{FreshDatabase, fresh_database};
use uuid::Uuid;

use crate::database::PgDatabase;
use crate::schema::sessions::dsl::id as session_id;
use crate::settings::PgSettings;
use crate::{events, messages, replies, sessions, stream_tokens, throttle, tickets};

/// Nine customers with 900 tickets each, one in ten of them pending, one in 100 in the hands of the
/// ninth, one in 200 tagged and one in 200 about a zipper; 8 messages, two of them rated, and a
/// reply with 4 events on every ticket; one reply in 500 runs, and of the others one in 20 is not
/// trimmed; 4000 more people with a session and a stream token each, one in 20 of them used; 4000
/// throttles.
const ROWS: &str = "
INSERT INTO users (id, email, password_hash, role, created_at)
SELECT lpad(u::text, 32, '0')::uuid, u || '@example.com', '', 'user', now()
FROM generate_series(1, 4009) AS u;
INSERT INTO sessions (id, user_id, created_at, expires_at, family, generation)
SELECT id, id, now(), timestamptz '2027-01-01', sha256(email::bytea), sha256(email::bytea) FROM users;
INSERT INTO tickets (id, user_id, title, description, priority, status, assistant_enabled,
    created_at, updated_at, version, assignee_id, tags)
SELECT lpad(t::text, 32, '0')::uuid, lpad((t % 9 + 1)::text, 32, '0')::uuid, 'Refund',
    CASE WHEN t % 200 = 3 THEN 'Of a jacket and its zipper' ELSE 'How?' END,
    'normal', CASE WHEN t % 10 = 7 THEN 'pending' ELSE 'open' END, TRUE,
    timestamptz '2026-01-01' + t * interval '1 second',
    timestamptz '2026-01-01' + t * interval '1 second', 1,
    CASE WHEN t % 100 = 1 THEN lpad('9', 32, '0')::uuid END,
    CASE WHEN t % 200 = 2 THEN ARRAY['vip'] ELSE '{}' END
FROM generate_series(1, 8100) AS t;
INSERT INTO replies (id, ticket_id, user_id, question_id, attempt, status, last_sequence, text,
    model, sources, error_code, created_at, attempt_started_at, ended_at, epoch, owner, lease_until,
    trimmed)
SELECT t.id, t.id, t.user_id, t.id, 1, CASE WHEN runs THEN 'streaming' ELSE 'failed' END, 3, 'text',
    'model', '[]', CASE WHEN runs THEN NULL ELSE 'internal' END, now(), now(),
    CASE WHEN runs THEN NULL ELSE t.created_at END, 1, t.id, now(), NOT runs AND NOT recent
FROM tickets AS t
CROSS JOIN LATERAL (SELECT extract(epoch FROM t.created_at)::bigint) AS s (number)
CROSS JOIN LATERAL (SELECT number % 500 = 0, number % 20 = 1) AS r (runs, recent);
INSERT INTO reply_events (reply_id, sequence, attempt, kind, text_end, text)
SELECT id, e, 1, 'delta', e, 'x' FROM replies, generate_series(0, 3) AS e;
ALTER TABLE messages DISABLE TRIGGER index_new_message;
INSERT INTO messages (id, ticket_id, position, author, author_id, content, visibility, is_complete,
    created_at)
SELECT gen_random_uuid(), id, m, 'customer', user_id, 'Hello', 'public', TRUE, now()
FROM tickets, generate_series(1, 8) AS m;
INSERT INTO feedback (message_id, rating, updated_at)
SELECT id, 'up', now() FROM messages WHERE position % 4 = 0;
INSERT INTO stream_tokens (digest, user_id, session_id, ticket_id, expires_at, reply_id)
SELECT sha256(t::text::bytea), user_id, lpad((t + 9)::text, 32, '0')::uuid, id, created_at, CASE WHEN t % 20 = 0 THEN id END
FROM generate_series(1, 4000) AS t JOIN tickets ON id = lpad((2 * t)::text, 32, '0')::uuid;
INSERT INTO throttles (key, full_at)
SELECT sha256(t::text::bytea), timestamptz '2026-01-01' + t * interval '1 second'
FROM generate_series(1, 4000) AS t;
SELECT gin_clean_pending_list('search_texts_by_word');
ANALYZE;
";

struct Explain<Q>(Q);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Explain<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("EXPLAIN ");
        self.0.walk_ast(out)
    }
}

impl<Q> QueryId for Explain<Q> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for Explain<Q> {
    type SqlType = Text;
}

async fn plan<Q>(mut connection: &AsyncPgConnection, query: Q) -> String
where
    Q: QueryFragment<Pg> + Send,
{
    let lines: Vec<String> = Explain(query).load(&mut connection).await.unwrap();
    lines.join("\n")
}

async fn filled() -> Option<(FreshDatabase, PgDatabase)> {
    let fresh = fresh_database().await?;
    let database = PgDatabase::connect(&PgSettings::new(fresh.url())).unwrap();
    database.migrate().await.unwrap();
    let (client, connection) = tokio_postgres::connect(fresh.url(), tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::runtime::Handle::current().spawn(connection);
    client.batch_execute(ROWS).await.unwrap();
    Some((fresh, database))
}

fn number(number: u128) -> Uuid {
    Uuid::parse_str(&format!("{number:032}")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_all_the_time_is_found_by_an_index() {
    let Some((_fresh, database)) = filled().await else {
        return;
    };
    let checked = database
        .read((), |connection, ()| check(connection).map(Ok).boxed())
        .await;
    checked.unwrap();
}

async fn check(connection: &AsyncPgConnection) {
    check_lists(connection).await;
    check_search(connection).await;
    let page = PageLimit::default();
    let ticket_id = TicketId::from_uuid(number(6000));
    let customer = Audience::Customer;
    let query = messages::page(ticket_id, customer, Some(3), page);
    let shown = plan(connection, query).await;
    assert_uses(&shown, "messages_ticket_id_position_key");
    assert_uses(&shown, "feedback_pkey");

    let found = plan(connection, replies::current(ticket_id)).await;
    assert_uses(&found, "replies_question_id_key");
    assert_uses(&found, "messages_ticket_id_position_key");

    let lost = plan(
        connection,
        replies::expired("2027-01-01T00:00:00Z".parse().unwrap()),
    )
    .await;
    assert_uses(&lost, "running_replies_by_lease");

    let log = events::events(ReplyId::from_uuid(number(6000)), 2);
    assert_uses(&plan(connection, log).await, "reply_events_pkey");

    let taken_from = plan(connection, throttle::known(&[vec![7; 32], vec![8; 32]])).await;
    assert_uses(&taken_from, "throttles_pkey");

    let ids: Vec<Uuid> = (1..6).map(|n| number(n * 100)).collect();
    let at = "2026-06-01T00:00:00Z".parse().unwrap();
    let readers = sessions::lasting(at).filter(session_id.eq_any(ids));
    let readers = plan(connection, readers.select(session_id)).await;
    assert_uses(&readers, "sessions_pkey");
    assert_uses(&readers, "users_pkey");

    check_sweeping(connection, "2026-01-01T00:10:00Z".parse().unwrap()).await;
}

/// Lists are entered where the page starts, and read no further than it goes.
async fn check_lists(connection: &AsyncPgConnection) {
    let place = TimePlace {
        at: "2026-01-01T01:40:00Z".parse::<DateTime<Utc>>().unwrap(),
        id: TicketId::from_uuid(number(6000)),
    };
    let any = TicketFilter::default;
    let user_id = Some(UserId::from_uuid(number(8)));
    let status = Some(TicketStatus::Pending);
    let one = TicketFilter { user_id, ..any() };
    let pending = TicketFilter { status, ..any() };
    let both = TicketFilter {
        user_id,
        status,
        ..any()
    };
    let assignee = Some(AssigneeFilter::Agent(UserId::from_uuid(number(9))));
    let mine = TicketFilter { assignee, ..any() };
    let by_change = [
        (any(), "tickets_by_change"),
        (one.clone(), "tickets_by_user_and_change"),
        (pending.clone(), "tickets_by_status_and_change"),
    ];
    let by_creation = [
        (any(), "tickets_by_age"),
        (one, "tickets_by_user"),
        (pending, "tickets_by_status"),
        (both, "tickets_by_user_and_status"),
        (mine, "tickets_by_assignee"),
    ];
    for after in [None, Some(place)] {
        let order = TicketOrder::CreatedAt { after };
        for (filter, index) in &by_creation {
            assert_enters(connection, filter, order, index, "created_at").await;
        }
        let order = TicketOrder::UpdatedAt { after };
        for (filter, index) in &by_change {
            assert_enters(connection, filter, order, index, "updated_at").await;
        }
    }
    let tag = Some(Tag::parse("vip").unwrap());
    let query = tickets::page(
        &TicketFilter { tag, ..any() },
        TicketOrder::default(),
        PageLimit::default(),
    );
    assert_uses(&plan(connection, query).await, "tickets_by_tag");
}

/// The words lead to the tickets, also to those of one customer.
async fn check_search(connection: &AsyncPgConnection) {
    for (q, user_id) in [
        ("zipper", None),
        ("zipp", None),
        ("\"its zipper\" jacket", None),
        ("zipper ", Some(UserId::from_uuid(number(8)))),
    ] {
        let filter = TicketFilter {
            user_id,
            search: Some(TicketSearch::parse(q).unwrap()),
            ..TicketFilter::default()
        };
        let query = tickets::page(&filter, TicketOrder::default(), PageLimit::default());
        assert_uses(&plan(connection, query).await, "search_texts_by_word");

        let weighed = plan(connection, tickets::weighed(&filter)).await;
        assert_uses(&weighed, "search_texts_by_word");
        // However many tickets of everybody's have the words, a bounded number is looked at.
        let limits = weighed.matches("Limit").count();
        assert_eq!(limits, if user_id.is_none() { 2 } else { 1 }, "{weighed}");
    }
}

async fn assert_enters(
    connection: &AsyncPgConnection,
    filter: &TicketFilter,
    order: TicketOrder,
    index: &str,
    time: &str,
) {
    let query = tickets::page(filter, order, PageLimit::default());
    let plan = plan(connection, query).await;
    assert_uses(&plan, index);
    assert!(!plan.contains("Sort"), "{plan}");
    let starts = matches!(
        order,
        TicketOrder::CreatedAt { after: None } | TicketOrder::UpdatedAt { after: None }
    );
    if !starts {
        let entered = plan.contains("Index Cond") && plan.contains(&format!("ROW({time}, id) <"));
        assert!(entered, "{plan}");
    }
}

/// What a sweep finds, an hour after the one before it.
async fn check_sweeping(connection: &AsyncPgConnection, due: DateTime<Utc>) {
    let untrimmed = plan(connection, events::untrimmed(due, 200)).await;
    assert_uses(&untrimmed, "untrimmed_replies");
    assert!(!untrimmed.contains("Sort"), "{untrimmed}");

    let unused = plan(connection, diesel::delete(stream_tokens::unused(due))).await;
    assert_uses(&unused, "unused_stream_tokens");

    let used = plan(connection, diesel::delete(stream_tokens::used(due))).await;
    assert_uses(&used, "stream_tokens_by_reply");
    assert_uses(&used, "replies_pkey");

    let full = plan(connection, throttle::full(due, 200)).await;
    assert_uses(&full, "throttles_by_full_at");
    assert!(!full.contains("Sort"), "{full}");
}

#[track_caller]
fn assert_uses(plan: &str, index: &str) {
    let by_index = plan.lines().any(|line| {
        line.contains(&format!("using {index} ")) || line.contains(&format!("on {index} "))
    });
    assert!(by_index && !plan.contains("Seq Scan"), "{index}:\n{plan}");
}
