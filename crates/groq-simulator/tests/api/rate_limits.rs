use std::num::NonZeroU32;

use groq_simulator::{Config, RateLimits, Reply};
use reqwest::{Client, StatusCode};
use serde_json::json;

use crate::harness::{Harness, MODEL, Received, plain, streaming, with};

pub async fn limited(rate_limits: RateLimits) -> Harness {
    Harness::start_with(Config {
        rate_limits,
        ..Config::default()
    })
    .await
}

pub fn message(received: &Received) -> String {
    received.json()["error"]["message"].to_string()
}

#[tokio::test]
async fn a_request_over_the_daily_limit_is_a_429_in_the_words_of_the_service() {
    let harness = limited(RateLimits {
        requests_per_day: NonZeroU32::new(1),
        ..RateLimits::default()
    })
    .await;
    let first = harness.ask(&plain()).await;
    harness.simulator.enqueue(Reply::text("kept"));

    let second = harness.ask(&streaming()).await;

    assert_eq!(first.status, 200);
    assert_eq!(first.header("x-ratelimit-limit-requests"), "1");
    assert_eq!(first.header("x-ratelimit-remaining-requests"), "0");
    assert_eq!(first.header("x-ratelimit-reset-requests"), "24h0m0s");
    assert_eq!(first.header("x-ratelimit-limit-tokens"), "8000");
    assert_eq!(second.status, 429);
    assert_eq!(second.header("retry-after"), "86400");
    assert_eq!(second.header("x-ratelimit-remaining-requests"), "0");
    assert_eq!(
        second.json()["error"],
        json!({
            "message": format!(
                "Rate limit reached for model `{MODEL}` in organization \
                 `org_01k0000000000000000000000a` service tier `on_demand` on requests per day \
                 (RPD): Limit 1, Used 1, Requested 1. Please try again in 24h0m0s. Need more \
                 tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing"
            ),
            "type": "requests",
            "code": "rate_limit_exceeded",
        })
    );
    harness.simulator.limit_rates(RateLimits::default());
    let content = &harness.ask(&plain()).await.json()["choices"][0]["message"]["content"];
    assert_eq!(content, "kept");
}

#[tokio::test]
async fn the_completion_budget_counts_towards_the_token_limits() {
    let harness = limited(RateLimits {
        tokens_per_day: NonZeroU32::new(100),
        ..RateLimits::default()
    })
    .await;
    let request = with(plain(), "max_completion_tokens", 60);

    let first = harness.ask(&request).await;
    let second = harness.ask(&request).await;

    assert_eq!((first.status, second.status), (200, 429));
    assert_eq!(second.json()["error"]["type"], "tokens");
    assert!(
        message(&second)
            .contains("on tokens per day (TPD): Limit 100, Used 69, Requested 69. Please try again in 9h7m12s."),
        "{}",
        second.text
    );
    assert_eq!(second.header("retry-after"), "32832");
}

#[tokio::test]
async fn a_request_that_never_fits_is_a_413() {
    let harness = limited(RateLimits {
        tokens_per_minute: NonZeroU32::new(60),
        ..RateLimits::default()
    })
    .await;

    let large = harness
        .ask(&with(streaming(), "max_completion_tokens", 61))
        .await;
    let small = harness.ask(&plain()).await;

    assert_eq!(large.status, 413);
    assert_eq!(large.json()["error"]["type"], "tokens");
    assert!(!large.headers.contains_key("retry-after"));
    assert!(
        message(&large).contains(
            "on tokens per minute (TPM): Limit 60, Requested 70, please reduce your message size"
        ),
        "{}",
        large.text
    );
    assert_eq!(large.header("x-ratelimit-remaining-tokens"), "60");
    assert_eq!(large.header("x-ratelimit-reset-tokens"), "0s");
    assert_eq!(small.status, 200);
    assert_eq!(small.header("x-ratelimit-limit-tokens"), "60");
    assert_eq!(small.header("x-ratelimit-remaining-tokens"), "51");
    assert_eq!(small.header("x-ratelimit-reset-tokens"), "9s");
}

#[tokio::test]
async fn without_a_budget_the_answer_counts() {
    let harness = limited(RateLimits {
        tokens_per_minute: NonZeroU32::new(6_000),
        ..RateLimits::default()
    })
    .await;
    harness
        .simulator
        .enqueue(Reply::new().with_pieces(vec!["token"; 7_000]));

    let first = harness.ask(&plain()).await;
    let second = harness.ask(&plain()).await;

    assert_eq!(first.header("x-ratelimit-remaining-tokens"), "5991");
    assert_eq!(first.header("x-ratelimit-reset-tokens"), "90ms");
    assert_eq!(second.status, 429);
    assert_eq!(second.header("x-ratelimit-remaining-tokens"), "0");
    // 1 018 tokens are missing, and 100 come back each second.
    assert!(["10", "11"].contains(&second.header("retry-after")));
}

#[tokio::test]
async fn limits_can_be_set_over_http_and_a_reset_takes_them_back() {
    let harness = Harness::start().await;
    let url = format!("{}/rate-limits", harness.simulator.control_url());
    let put = |body| Client::new().put(&url).json(&body).send();

    let set = put(json!({"requests_per_minute": 1})).await;
    let wrong = put(json!({"requests_per_minute": 0})).await;
    let statuses = [
        harness.ask(&plain()).await.status,
        harness.ask(&plain()).await.status,
    ];
    harness.simulator.reset();

    assert_eq!(set.expect("an answer").status(), StatusCode::NO_CONTENT);
    assert_eq!(wrong.expect("an answer").status(), StatusCode::BAD_REQUEST);
    assert_eq!(statuses, [200, 429]);
    assert_eq!(harness.ask(&plain()).await.status, 200);
}

#[tokio::test]
async fn a_scripted_header_wins_over_the_limits() {
    let harness = limited(RateLimits {
        requests_per_day: NonZeroU32::new(10),
        ..RateLimits::default()
    })
    .await;
    let reply = Reply::text("Hi").with_header("x-ratelimit-remaining-requests", "soon");
    harness.simulator.enqueue(reply);

    let received = harness.ask(&plain()).await;

    assert_eq!(received.header("x-ratelimit-remaining-requests"), "soon");
    assert_eq!(received.header("x-ratelimit-limit-requests"), "10");
}
