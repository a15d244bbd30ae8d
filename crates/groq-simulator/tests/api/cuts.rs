use std::io::ErrorKind;

use groq_simulator::{Outcome, Reply};

use crate::{
    harness::{DEADLINE, Harness, plain, read_to_the_end, streaming},
    raw::Raw,
};

#[tokio::test]
async fn a_cut_can_fall_on_any_byte() {
    for bytes in [0, 1, 100, 700] {
        let cut = Raw::of(Reply::text("Hello there").cut_at_byte(bytes)).await;

        assert_eq!(cut.body().len(), bytes);
        assert!(!cut.is_complete);
        assert_eq!(cut.error, None, "the end of the connection is no error");
    }
}

#[tokio::test]
async fn a_cut_behind_the_body_takes_only_its_end() {
    let cut = Raw::of(Reply::text("Hi").cut_at_byte(1_000_000)).await;

    assert!(cut.text().ends_with("data: [DONE]\n\n"));
    assert!(!cut.is_complete);
}

#[tokio::test]
async fn a_cut_waits_until_a_slow_client_has_what_comes_before_it() {
    let long = "A sentence that is sent again. ".repeat(30_000);

    let cut = Raw::of(Reply::text(long).cut_at_byte(9_000_000)).await;

    assert_eq!(cut.body().len(), 9_000_000);
}

#[tokio::test]
async fn a_cut_can_be_a_reset_of_the_connection() {
    for reply in [
        Reply::text("Hello there").cut_at_byte(100),
        Reply::text("Hello there").cut_after(2),
        Reply::text("Hello there").cut_before_head(),
    ] {
        let cut = Raw::of(reply.by_reset()).await;

        assert_eq!(cut.error, Some(ErrorKind::ConnectionReset));
        assert!(!cut.is_complete);
    }
}

#[tokio::test]
async fn a_cut_before_the_head_leaves_nothing_to_read() {
    let harness = Harness::scripted(Reply::new().cut_before_head()).await;

    let cut = Raw::ask(&harness, &streaming()).await;

    assert_eq!((cut.head.as_str(), cut.error), ("", None));
    assert_eq!(harness.simulator.requests()[0].outcome, Outcome::Cut);
}

#[tokio::test]
async fn a_connection_survives_the_cut_of_another() {
    let harness = Harness::scripted(Reply::new().stall_after(1)).await;
    let stalled = harness.open_stream().await;
    harness
        .simulator
        .enqueue(Reply::text("Hi").cut_after(1).by_reset());

    let (_, error) = harness.read_stream().await;
    assert!(error.is_some());
    assert_eq!(harness.simulator.requests()[0].outcome, Outcome::InProgress);
    assert_eq!(harness.ask(&plain()).await.status, 200);
    drop(stalled);
}

#[tokio::test]
async fn a_stall_can_fall_on_any_byte() {
    let harness = Harness::scripted(Reply::text("Hello").stall_at_byte(50)).await;
    let mut response = harness.open_stream().await;

    let mut received = Vec::new();
    while received.len() < 50 {
        let bytes = response.chunk().await.expect("a part").expect("more");
        received.extend_from_slice(&bytes);
    }
    drop(response);

    assert_eq!(received.len(), 50);
    let outcome = harness.simulator.wait_for_outcome(0, DEADLINE).await;
    assert_eq!(outcome.expect("an end"), Outcome::ClientLeft);
    assert_eq!(harness.simulator.requests()[0].chunks_sent, 0);
}

#[tokio::test]
async fn other_bodies_are_cut_as_well() {
    let harness = Harness::scripted(Reply::text("Hello").cut_at_byte(20)).await;
    harness
        .simulator
        .enqueue(Reply::status(503).cut_at_byte(10));

    for expected in ["{\"id\":\"chatcmpl-", "{\"error\":{"] {
        let response = harness.chat(&plain()).send().await.expect("a head");
        let (text, error) = read_to_the_end(response).await;

        assert!(error.is_some());
        assert!(text.starts_with(expected), "{text}");
    }
    assert_eq!(harness.simulator.counts().cut, 2);
}
