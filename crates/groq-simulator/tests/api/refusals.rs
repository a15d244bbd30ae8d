use std::time::Duration;

use groq_simulator::{Outcome, Reply};
use serde_json::json;

use crate::harness::{Harness, MODEL, plain, streaming};

#[tokio::test]
async fn each_status_has_the_body_the_service_gives_it() {
    let cases = [
        (
            400,
            "invalid_request_error",
            json!("context_length_exceeded"),
        ),
        (401, "invalid_request_error", json!("invalid_api_key")),
        (404, "invalid_request_error", json!("model_not_found")),
        (413, "tokens", json!("rate_limit_exceeded")),
        (422, "invalid_request_error", json!(null)),
        (429, "tokens", json!("rate_limit_exceeded")),
        (498, "invalid_request_error", json!("capacity_exceeded")),
        (500, "internal_server_error", json!(null)),
        (503, "internal_server_error", json!(null)),
    ];
    let harness = Harness::start().await;

    for (place, (status, kind, code)) in cases.into_iter().enumerate() {
        harness.simulator.enqueue(Reply::status(status));

        let received = harness.ask(&streaming()).await;

        assert_eq!(received.status, status);
        assert_eq!(received.header("content-type"), "application/json");
        assert!(received.text.ends_with("}}\n"), "{}", received.text);
        assert_eq!(received.json()["error"]["type"], kind, "{status}");
        assert_eq!(received.json()["error"]["code"], code, "{status}");
        assert!(received.header("x-request-id").starts_with("req_01"));
        let outcome = harness.simulator.requests()[place].outcome;
        assert_eq!(outcome, Outcome::Refused { status });
    }
}

#[tokio::test]
async fn a_503_names_the_model_and_has_no_code() {
    let harness = Harness::scripted(Reply::status(503)).await;

    let received = harness.ask(&plain()).await;

    assert_eq!(
        received.text,
        format!(
            "{{\"error\":{{\"message\":\"{MODEL} is currently over capacity. Please try again \
             and back off exponentially. Visit https://groqstatus.com to see if there is an \
             active incident.\",\"type\":\"internal_server_error\"}}}}\n"
        )
    );
}

#[tokio::test]
async fn a_429_says_how_long_to_wait() {
    let harness = Harness::scripted(Reply::status(429)).await;
    harness
        .simulator
        .enqueue(Reply::status(429).retry_after(Duration::from_millis(2_100)));
    harness
        .simulator
        .enqueue(Reply::status(429).without_retry_after());

    let usual = harness.ask(&plain()).await;
    let longer = harness.ask(&plain()).await;
    let silent = harness.ask(&plain()).await;

    let message = |json: serde_json::Value| json["error"]["message"].to_string();
    assert_eq!(usual.header("retry-after"), "2");
    assert!(message(usual.json()).contains(
        "Limit 8000, Used 7900, Requested 300. Please try again in 1.5s. Need more tokens?"
    ));
    assert_eq!(longer.header("retry-after"), "3");
    assert!(message(longer.json()).contains("Requested 500. Please try again in 3s."));
    assert!(!silent.headers.contains_key("retry-after"));
    assert!(message(silent.json()).contains("Please try again in 1.5s."));
    assert_eq!(silent.header("x-ratelimit-limit-tokens"), "8000");
    assert_eq!(silent.header("x-ratelimit-remaining-tokens"), "100");
}

#[tokio::test]
async fn what_proxies_refuse_is_html() {
    let harness = Harness::start().await;

    for (status, words) in [(403, "you have been blocked"), (502, "502 Bad Gateway")] {
        harness.simulator.enqueue(Reply::status(status));

        let received = harness.ask(&plain()).await;

        assert_eq!(received.status, status);
        assert_eq!(received.header("content-type"), "text/html; charset=UTF-8");
        assert!(received.text.contains(words), "{}", received.text);
    }
}

#[tokio::test]
async fn a_refusal_can_carry_more_headers() {
    let reply = Reply::status(503)
        .retry_after(Duration::from_secs(4))
        .with_header("x-should-retry", "false");
    let harness = Harness::scripted(reply).await;

    let received = harness.ask(&plain()).await;

    assert_eq!(received.header("retry-after"), "4");
    assert_eq!(received.header("x-should-retry"), "false");
}

#[tokio::test]
async fn a_refusal_can_have_another_code() {
    let harness = Harness::start().await;
    let cases = [
        (
            400,
            "tool_use_failed",
            "Tool choice is required, but",
            Some(""),
        ),
        (
            400,
            "json_validate_failed",
            "Failed to generate JSON.",
            Some(""),
        ),
        (
            400,
            "model_decommissioned",
            "The model `openai/gpt-oss-20b` has",
            None,
        ),
        (400, "blocked_api_access", "Bad Request", None),
        (403, "not_permitted", "Forbidden", None),
    ];
    for (status, code, message, failed_generation) in cases {
        harness.simulator.enqueue(Reply::status(status).code(code));

        let received = harness.ask(&plain()).await;

        let error = &received.json()["error"];
        assert_eq!(received.status, status);
        assert_eq!(error["code"], code);
        assert!(error["message"].to_string().contains(message), "{error}");
        assert_eq!(
            error.get("failed_generation").map(|text| text.as_str()),
            failed_generation.map(Some),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_refusal_can_have_any_body() {
    let denied = "{\"error\":{\"message\":\"Access denied.\"}}";
    let harness = Harness::scripted(Reply::status(403).body(denied)).await;
    harness.simulator.enqueue(Reply::status(504).body("<html>"));
    let stream = Reply::status(200).body("data:{}\n\n");
    harness
        .simulator
        .enqueue(stream.with_header("content-type", "text/event-stream"));

    let json = harness.ask(&plain()).await;
    let html = harness.ask(&plain()).await;
    let events = harness.ask(&streaming()).await;

    assert_eq!((json.status, json.text.as_str()), (403, denied));
    assert_eq!(json.header("content-type"), "application/json");
    assert_eq!((html.status, html.text.as_str()), (504, "<html>"));
    assert_eq!(html.header("content-type"), "text/html; charset=UTF-8");
    assert_eq!((events.status, events.text.as_str()), (200, "data:{}\n\n"));
    assert_eq!(events.header("content-type"), "text/event-stream");
}
