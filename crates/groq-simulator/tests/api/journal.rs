use std::time::Duration;

use groq_simulator::{Config, Outcome, Reply};

use crate::harness::{DEADLINE, Harness, MODEL, plain, streaming, with};

#[tokio::test]
async fn requests_are_recorded_in_order_without_their_key() {
    let harness = Harness::start().await;

    let first = harness
        .chat(&streaming())
        .header("user-agent", "tester/1")
        .send();
    first
        .await
        .expect("an answer")
        .text()
        .await
        .expect("a body");
    harness.ask(&with(plain(), "user", "second")).await;

    let requests = harness
        .simulator
        .wait_for_requests(2, DEADLINE)
        .await
        .expect("both");
    assert_eq!(requests[0].index, 0);
    assert_eq!(requests[0].model, MODEL);
    assert!(requests[0].stream);
    assert_eq!(requests[0].body, streaming());
    assert_eq!(requests[0].headers.user_agent.as_deref(), Some("tester/1"));
    assert_eq!(
        requests[0].headers.content_type.as_deref(),
        Some("application/json")
    );
    assert!(requests[0].headers.has_bearer_key);
    assert_eq!(requests[0].outcome, Outcome::Completed);
    assert_eq!(requests[1].body["user"], "second");
    assert!(!requests[1].stream);
    assert!(requests[1].received_after >= requests[0].received_after);
    assert!(!format!("{requests:?}").contains("gsk_test"));
}

#[tokio::test]
async fn requests_over_one_connection_are_told_from_others() {
    let harness = Harness::start().await;
    harness.ask(&plain()).await;
    harness.ask(&plain()).await;
    let url = format!("{}/chat/completions", harness.simulator.base_url());
    let other_client = reqwest::Client::new();
    let request = other_client.post(url).bearer_auth("gsk_test");
    request.json(&plain()).send().await.expect("an answer");

    let requests = harness.simulator.requests();
    assert_eq!(requests[0].peer, requests[1].peer);
    assert_ne!(requests[1].peer, requests[2].peer);
}

#[tokio::test]
async fn counts_add_up() {
    let harness = Harness::scripted(Reply::status(500)).await;
    harness.simulator.enqueue(Reply::text("Hi").cut_after(1));
    harness.simulator.enqueue(Reply::text("Hi").stall_after(1));

    harness.ask(&plain()).await;
    harness.read_stream().await;
    let stalled = harness.open_stream().await;
    harness.ask(&plain()).await;

    let counts = harness.simulator.counts();
    let by_outcome = (
        counts.refused,
        counts.cut,
        counts.in_progress,
        counts.completed,
    );
    assert_eq!(by_outcome, (1, 1, 1, 1));
    assert_eq!(counts.received, 4);
    drop(stalled);
}

#[tokio::test]
async fn waiting_in_vain_ends_at_the_deadline() {
    let harness = Harness::start().await;
    let brief = Duration::from_millis(1);

    let requests = harness.simulator.wait_for_requests(1, brief).await;
    let outcome = harness.simulator.wait_for_outcome(0, brief).await;

    let error = requests.expect_err("there was no request").to_string();
    assert!(
        error.starts_with("request number 1 did not happen within 1ms"),
        "{error}"
    );
    assert!(outcome.is_err());
}

#[tokio::test]
async fn the_journal_keeps_the_newest_and_counts_all() {
    let config = Config {
        journal_capacity: 2,
        ..Config::default()
    };
    let harness = Harness::start_with(config).await;

    for _ in 0..3 {
        harness.ask(&plain()).await;
    }

    let indices: Vec<usize> = harness
        .simulator
        .requests()
        .iter()
        .map(|it| it.index)
        .collect();
    assert_eq!(indices, [1, 2]);
    assert_eq!(harness.simulator.counts().received, 3);
    let outcome = harness.simulator.wait_for_outcome(2, DEADLINE).await;
    assert_eq!(outcome.expect("an end"), Outcome::Completed);
}

#[tokio::test]
async fn a_request_from_before_a_reset_does_not_show_up_after_it() {
    let harness = Harness::scripted(Reply::text("Hi").stall_after(1)).await;
    let stalled = harness.open_stream().await;
    harness.simulator.enqueue(Reply::text("forgotten"));

    harness.simulator.reset();
    drop(stalled);
    let answer = harness.ask(&plain()).await;

    assert!(!answer.text.contains("forgotten"));
    let outcome = harness.simulator.wait_for_outcome(0, DEADLINE).await;
    assert_eq!(outcome.expect("an end"), Outcome::Completed);
    assert_eq!(harness.simulator.counts().received, 1);
}
