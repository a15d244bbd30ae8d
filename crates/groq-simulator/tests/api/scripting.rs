use groq_simulator::{Config, Outcome, Reply};
use serde_json::{Value, json};

use crate::harness::{Harness, Received, contents, plain, streaming};

async fn statuses(harness: &Harness, count: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..count {
        statuses.push(harness.ask(&plain()).await.status);
    }
    statuses
}

async fn ask_for(harness: &Harness, header: &str, body: &Value) -> Received {
    let request = harness.chat(body).header("x-simulate", header);
    Received::of(request.send().await.expect("an answer")).await
}

#[tokio::test]
async fn a_reply_can_be_for_the_third_request_from_now() {
    let harness = Harness::start().await;
    harness.ask(&plain()).await;

    harness.simulator.enqueue_at(3, Reply::status(503));
    harness.simulator.enqueue(Reply::status(429));

    assert_eq!(statuses(&harness, 4).await, [429, 200, 503, 200]);
}

#[tokio::test]
async fn a_request_that_is_refused_does_not_count() {
    let harness = Harness::start().await;
    harness.simulator.enqueue_at(2, Reply::status(503));

    harness.ask(&json!({})).await;

    assert_eq!(statuses(&harness, 2).await, [200, 503]);
}

#[tokio::test]
async fn a_reset_forgets_what_was_for_later_requests() {
    let harness = Harness::start().await;
    harness.simulator.enqueue_at(1, Reply::status(503));

    harness.simulator.reset();

    assert_eq!(statuses(&harness, 1).await, [200]);
}

#[tokio::test]
async fn a_request_can_bring_its_own_script() {
    let harness = Harness::scripted(Reply::text("kept")).await;

    let refused = ask_for(&harness, "status=503; retry_after=2", &plain()).await;
    let script = r#"{"pieces": ["Hel", "lo"], "without_done": true}"#;
    let streamed = ask_for(&harness, script, &streaming()).await;
    let queued = harness.ask(&plain()).await.json();

    assert_eq!((refused.status, refused.header("retry-after")), (503, "2"));
    assert_eq!(contents(&streamed.text), ["", "Hel", "lo"]);
    assert!(!streamed.text.contains("[DONE]"));
    assert_eq!(queued["choices"][0]["message"]["content"], "kept");
}

#[tokio::test]
async fn a_script_in_a_header_that_makes_no_sense_is_a_400() {
    let harness = Harness::start().await;

    let received = ask_for(&harness, "status=503; text=Hi", &plain()).await;

    assert_eq!(received.status, 400);
    let message = received.json()["error"]["message"].to_string();
    assert!(message.contains("'x-simulate' : a reply has"), "{message}");
    assert_eq!(
        harness.simulator.requests()[0].outcome,
        Outcome::Refused { status: 400 }
    );
}

#[tokio::test]
async fn configured_replies_are_given_in_turn_over_and_over() {
    let config = Config {
        replies: vec![Reply::text("one"), Reply::text("two")],
        ..Config::default()
    };
    let harness = Harness::start_with(config).await;
    harness.simulator.enqueue(Reply::text("first"));

    let mut texts = Vec::new();
    for _ in 0..4 {
        texts.push(contents(&harness.ask(&streaming()).await.text).concat());
    }

    assert_eq!(texts, ["first", "one", "two", "one"]);
}
