use std::time::{Duration, Instant};

use groq_simulator::{Config, Reply};
use serde_json::{Value, json};

use crate::{
    harness::{Harness, contents, events, read_to_the_end, streaming, with},
    wire::Varying,
};

const USAGE: &str = "{\"queue_time\":0.0052,\"prompt_tokens\":9,\"prompt_time\":0.00045,\
     \"completion_tokens\":2,\"completion_time\":0.004,\"total_tokens\":11,\
     \"total_time\":0.00445}";

#[tokio::test]
async fn a_plain_stream_is_role_deltas_finish_and_done() {
    let harness = Harness::scripted(Reply::new().with_pieces(["Hel", "lo <ö>\u{2028}"])).await;

    let received = harness.ask(&with(streaming(), "seed", 7)).await;

    let varying = Varying::of(&received);
    let expected = [
        varying.role(7),
        varying.delta("{\"content\":\"Hel\"}"),
        varying.delta("{\"content\":\"lo \\u003cö\\u003e\u{2028}\"}"),
        varying.finish(USAGE),
        String::from("data: [DONE]\n\n"),
    ];
    assert_eq!(received.text, expected.concat());
}

#[tokio::test]
async fn a_usage_chunk_comes_only_when_asked_for() {
    let harness = Harness::scripted(Reply::new().with_pieces(["Hel", "lo"])).await;
    let request = with(
        streaming(),
        "stream_options",
        json!({"include_usage": true}),
    );

    let received = harness.ask(&with(request, "seed", 7)).await;

    let varying = Varying::of(&received);
    let usage = format!("\"choices\":[],\"usage\":{USAGE},\"service_tier\":\"on_demand\"");
    let expected = [
        varying.role(7),
        varying.delta("{\"content\":\"Hel\"}"),
        varying.delta("{\"content\":\"lo\"}"),
        varying.finish(USAGE),
        varying.chunk(&usage),
        String::from("data: [DONE]\n\n"),
    ];
    assert_eq!(received.text, expected.concat());
}

#[tokio::test]
async fn reasoning_comes_before_the_content_and_is_counted() {
    let reply = Reply::new()
        .with_reasoning(["We", " think"])
        .with_pieces(["Hi"]);
    let harness = Harness::scripted(reply).await;

    let received = harness.ask(&streaming()).await;

    let varying = Varying::of(&received);
    let deltas = [
        varying.delta("{\"reasoning\":\"We\",\"channel\":\"analysis\"}"),
        varying.delta("{\"reasoning\":\" think\",\"channel\":\"analysis\"}"),
        varying.delta("{\"content\":\"Hi\"}"),
    ];
    assert!(
        received.text.contains(&deltas.concat()),
        "{}",
        received.text
    );
    let finish = events(&received.text).last().expect("a finish chunk");
    assert_eq!(finish["usage"]["completion_tokens"], 3);
    assert_eq!(
        finish["usage"]["completion_tokens_details"],
        json!({"reasoning_tokens": 2})
    );
}

#[tokio::test]
async fn qwen_has_no_channel_and_can_think_within_its_content() {
    let reply = || Reply::new().with_reasoning(["Hm"]).with_pieces(["Hi"]);
    let harness = Harness::scripted(reply()).await;
    harness.simulator.enqueue(reply());
    let request = with(streaming(), "model", "qwen/qwen3.8-27b");

    let parsed = harness.ask(&request).await;
    let raw = harness.ask(&with(request, "reasoning_format", "raw")).await;

    assert!(
        parsed.text.contains("\"delta\":{\"reasoning\":\"Hm\"}"),
        "{}",
        parsed.text
    );
    assert_eq!(contents(&raw.text).concat(), "<think>\nHm\n</think>\n\nHi");
}

#[tokio::test]
async fn hidden_reasoning_is_left_out() {
    let harness = Harness::scripted(Reply::text("Hi").with_reasoning(["Hm"])).await;

    let received = harness
        .ask(&with(streaming(), "include_reasoning", false))
        .await;

    assert!(!received.text.contains("Hm"), "{}", received.text);
}

#[tokio::test]
async fn a_stream_has_the_headers_of_the_service() {
    let harness = Harness::scripted(Reply::text("Hi").with_header("x-extra", "1")).await;

    let received = harness.ask(&streaming()).await;

    let first = events(&received.text).next().expect("a first chunk");
    assert_eq!(received.status, 200);
    assert_eq!(received.header("content-type"), "text/event-stream");
    assert_eq!(received.header("cache-control"), "no-cache");
    assert_eq!(received.header("transfer-encoding"), "chunked");
    assert_eq!(received.header("x-request-id"), first["x_groq"]["id"]);
    assert_eq!(received.header("x-groq-region"), "us-east-1");
    assert_eq!(received.header("x-ratelimit-limit-requests"), "1000");
    assert_eq!(received.header("x-ratelimit-reset-requests"), "1m26.4s");
    assert_eq!(received.header("x-extra"), "1");
}

#[tokio::test]
async fn a_scripted_finish_reason_is_sent() {
    let harness = Harness::scripted(Reply::text("Hi").finish_reason("length")).await;

    let received = harness.ask(&streaming()).await;

    let finish = events(&received.text).last().expect("a finish chunk");
    assert_eq!(finish["choices"][0]["finish_reason"], "length");
}

#[tokio::test]
async fn deltas_come_at_the_pace_that_was_asked_for() {
    let reply = Reply::new()
        .with_pieces(["a", "b", "c", "d", "e"])
        .first_token_after(Duration::from_millis(100))
        .tokens_per_second(50);
    let harness = Harness::scripted(reply).await;
    let started = Instant::now();

    let response = harness.open_stream().await;
    let (text, error) = read_to_the_end(response).await;

    assert!(error.is_none());
    assert_eq!(contents(&text).concat(), "abcde");
    assert!(
        started.elapsed() >= Duration::from_millis(180),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn the_configured_pace_holds_for_every_answer() {
    let config = Config {
        tokens_per_second: 100.0,
        answer_tokens: Some(11),
        first_token_after: Duration::from_millis(50),
        ..Config::default()
    };
    let harness = Harness::start_with(config).await;
    let started = Instant::now();

    let received = harness.ask(&streaming()).await;

    assert_eq!(contents(&received.text).len(), 1 + 11);
    assert!(
        started.elapsed() >= Duration::from_millis(150),
        "{:?}",
        started.elapsed()
    );
    let finish = events(&received.text).last().expect("a finish chunk");
    assert_eq!(finish["usage"]["completion_time"], Value::from(0.11));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_streams_are_served_at_once() {
    let config = Config {
        tokens_per_second: 100.0,
        answer_tokens: Some(20),
        ..Config::default()
    };
    let harness = Harness::start_with(config).await;

    let started = Instant::now();
    let streams = (0..200).map(|_| harness.read_stream());
    let streams = futures_util::future::join_all(streams).await;

    assert!(
        streams
            .iter()
            .all(|(text, error)| { error.is_none() && text.ends_with("data: [DONE]\n\n") })
    );
    // One after the other they would take 40 seconds.
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(harness.simulator.counts().completed, 200);
}
