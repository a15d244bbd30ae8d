//! Replicas that never hear of each other by the database's notifications.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use groq_simulator::{Outcome, Reply};
use reqwest::Method;
use testkit::postgres::{FreshDatabase, fresh_database};
use testkit::postgres_wire_filter::PostgresWireFilter;
use testkit::say;

use crate::fleet::{Fleet, words};
use crate::stored::Stored;

/// A renewal has to find out instead, every third of the lease.
const LEASE: &[(&str, &str)] = &[("LEASE_SECONDS", "3")];
const SOON: Duration = Duration::from_secs(5);

struct Deaf {
    fleet: Fleet,
    filter: PostgresWireFilter,
    database: FreshDatabase,
}

/// Two replicas. None where PostgreSQL is not installed, which testkit says.
async fn deaf() -> Option<Deaf> {
    let database = fresh_database().await?;
    let (account, rest) = database.url().split_once('@').expect("an account");
    let (host, name) = rest.split_once('/').expect("a database");
    let upstream: SocketAddr = host.parse().expect("an address with a port");
    let filter = PostgresWireFilter::start(upstream).await.expect("a proxy");
    let url = format!("{account}@{}/{name}?sslmode=disable", filter.address());
    let fleet = Fleet::start(&url, 2, LEASE).await;
    Some(Deaf {
        fleet,
        filter,
        database,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_elsewhere_get_the_whole_answer() {
    let Some(Deaf {
        fleet,
        filter,
        database,
    }) = deaf().await
    else {
        return;
    };
    let text = words("quiet", 60);
    fleet
        .simulator
        .enqueue(Reply::text(&text).tokens_per_second(30));
    let ticket = fleet.ticket().await;
    let mut at_owner = fleet.reader(&ticket, 0);
    at_owner.until("response.created").await;
    let mut elsewhere = fleet.reader(&ticket, 1);
    let (at_end, elsewhere_at_end) = tokio::join!(
        async {
            at_owner.finish().await;
            Instant::now()
        },
        async {
            elsewhere.finish().await;
            Instant::now()
        },
    );

    fleet
        .assert_answered(&ticket, &text, &[&at_owner, &elsewhere])
        .await;
    assert!(
        elsewhere.count("response.output_text.delta") > 1,
        "not only at the end"
    );
    for reader in [&at_owner, &elsewhere] {
        assert_eq!(
            (reader.count("response.restarted"), reader.connections),
            (0, 1)
        );
        reader.assert_numbers_increase();
    }
    assert!(filter.dropped() > 0, "nothing was lost");
    Stored::open(database.url()).await.assert_sound().await;
    let late = elsewhere_at_end.saturating_duration_since(at_end);
    let dropped = filter.dropped();
    say(&format!(
        "lost_notifications: {dropped} lost, the other reader ended {late:.1?} later"
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_elsewhere_still_stops_the_owner() {
    let Some(Deaf {
        fleet,
        filter,
        database,
    }) = deaf().await
    else {
        return;
    };
    fleet
        .simulator
        .enqueue(Reply::text("Please wait for the rest").stall_after(3));
    let ticket = fleet.ticket().await;
    let mut at_owner = fleet.reader(&ticket, 0);
    at_owner.until("response.output_text.delta").await;
    let asked = Instant::now();
    let path = format!("{ticket}/ai-response/cancel");
    let cancelled = fleet
        .ask(1, Method::POST, &path)
        .await
        .expect_status(200)
        .json();
    let outcome = fleet.simulator.wait_for_outcome(0, SOON).await;
    let took = asked.elapsed();

    assert_eq!(outcome.expect("an end"), Outcome::ClientLeft);
    assert_eq!(at_owner.finish().await.data["response"], cancelled);
    assert_eq!(fleet.state(&ticket).await, cancelled);
    assert!(filter.dropped() > 0, "nothing was lost");
    Stored::open(database.url()).await.assert_sound().await;
    say(&format!(
        "lost_notifications: the owner gave up after {took:.1?}"
    ));
}
