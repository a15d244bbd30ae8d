//! An answer is cancelled at another replica than its owner.

use std::time::{Duration, Instant};

use groq_simulator::{Outcome, Reply};
use reqwest::Method;
use serde_json::Value;
use testkit::postgres::fresh_database;
use testkit::say;

use crate::fleet::{Fleet, PATIENT, words};
use crate::reader::Reader;
use crate::stored::Stored;

const ROUNDS: usize = 7;
/// How soon the model has to be told.
const SOON: Duration = Duration::from_secs(5);

const OWNER: usize = 0;
const OTHER: usize = 1;

/// What the model says unless it is told to stop, or the beginning of it and then nothing.
fn endless(falls_silent: bool) -> Reply {
    let reply = Reply::text(words("endless", 4_000));
    if falls_silent {
        reply.stall_after(20)
    } else {
        reply.tokens_per_second(50)
    }
}

/// One answer that has begun, with a reader at its owner and one elsewhere.
async fn begin(fleet: &Fleet, reply: Reply) -> (String, Reader, Reader) {
    fleet.simulator.enqueue(reply);
    let ticket = fleet.ticket().await;
    let mut at_owner = fleet.reader(&ticket, OWNER);
    at_owner.until("response.output_text.delta").await;
    let mut at_other = fleet.reader(&ticket, OTHER);
    at_other.until("response.output_text.delta").await;
    (ticket, at_owner, at_other)
}

async fn cancel(fleet: &Fleet, ticket: &str) -> Value {
    let path = format!("{ticket}/ai-response/cancel");
    let cancelled = fleet.ask(OTHER, Method::POST, &path).await;
    cancelled.expect_status(200).json()
}

/// A renewal of the lease would find out as well, but not so soon.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_at_any_replica_hangs_up_on_the_model_and_keeps_the_text() {
    let Some(database) = fresh_database().await else {
        return;
    };
    let fleet = Fleet::start(database.url(), 2, PATIENT).await;
    let mut times = Vec::new();
    for call in 0..ROUNDS {
        // An owner with something to write would find out by itself; a silent one must be told.
        let reply = endless(call % 2 == 0);
        let (ticket, mut at_owner, mut at_other) = begin(&fleet, reply).await;
        let asked = Instant::now();
        let hung_up = async {
            let outcome = fleet.simulator.wait_for_outcome(call, SOON).await;
            (outcome.expect("an end"), asked.elapsed())
        };
        let (state, (outcome, took)) = tokio::join!(cancel(&fleet, &ticket), hung_up);
        assert_eq!(outcome, Outcome::ClientLeft);
        times.push(took);

        let text = state["output_text"].as_str().expect("a text");
        assert!(
            !text.is_empty() && words("endless", 4_000).starts_with(text),
            "{text}"
        );
        assert_eq!(state["status"], "cancelled");
        assert_eq!(
            (&state["reason"], &state["cancelled_by"]),
            (&"user".into(), &"customer".into())
        );
        for reader in [&mut at_owner, &mut at_other] {
            reader.finish().await;
            assert_eq!(
                (reader.last().name.as_str(), reader.text.as_str()),
                ("response.cancelled", text)
            );
            assert_eq!(reader.last().data["response"], state);
        }
        assert_eq!(fleet.state(&ticket).await, state);
        assert_eq!(
            cancel(&fleet, &ticket).await,
            state,
            "a second time changes nothing"
        );
        assert_reloaded(&fleet, &ticket, at_owner.last().id()).await;
        assert_eq!(fleet.answers(&ticket).await, [""; 0]);
    }
    Stored::open(database.url()).await.assert_sound().await;
    times.sort();
    let (median, longest) = (times[ROUNDS / 2], times[ROUNDS - 1]);
    say(&format!(
        "cancel: the model was told after {median:.1?} (median), {longest:.1?} at most"
    ));
}

/// Whoever comes later is shown the same, from each replica.
async fn assert_reloaded(fleet: &Fleet, ticket: &str, end: &str) {
    for replica in [OWNER, OTHER] {
        let mut reader = fleet.reader(ticket, replica);
        reader.finish().await;
        let told: Vec<_> = reader
            .seen
            .iter()
            .map(|event| event.name.as_str())
            .collect();
        let created_delta_end = [
            "response.created",
            "response.output_text.delta",
            "response.cancelled",
        ];
        assert_eq!(told, created_delta_end);
        assert_eq!(reader.last().id(), end);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_at_another_replica_answers_what_was_cancelled() {
    let Some(database) = fresh_database().await else {
        return;
    };
    let fleet = Fleet::start(database.url(), 2, PATIENT).await;
    let (ticket, mut at_owner, mut at_other) = begin(&fleet, endless(false)).await;
    cancel(&fleet, &ticket).await;
    at_owner.until("response.cancelled").await;
    at_other.until("response.cancelled").await;

    let text = words("retried", 30);
    fleet
        .simulator
        .enqueue(Reply::text(&text).tokens_per_second(30));
    let path = format!("{ticket}/ai-response/retry");
    let retried = fleet
        .ask(OTHER, Method::POST, &path)
        .await
        .expect_status(202)
        .json();
    assert_eq!(retried["attempt"], 2);
    let refused = fleet.ask(OWNER, Method::POST, &path).await;
    assert_eq!(refused.status, 409, "it runs: {}", refused.body);
    let mut newcomer = fleet.reader(&ticket, OWNER);
    for reader in [&mut at_owner, &mut at_other, &mut newcomer] {
        reader.finish().await;
        reader.assert_numbers_increase();
    }

    let readers = [&at_owner, &at_other, &newcomer];
    fleet.assert_answered(&ticket, &text, &readers).await;
    assert_eq!(fleet.state(&ticket).await["attempt"], 2);
    assert_eq!(fleet.simulator.counts().received, 2);
    let refused = fleet.ask(OWNER, Method::POST, &path).await;
    assert_eq!(refused.status, 409, "it is answered: {}", refused.body);
    Stored::open(database.url()).await.assert_sound().await;
}
