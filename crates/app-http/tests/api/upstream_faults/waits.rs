use std::num::NonZeroU32;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use groq_simulator::{RateLimits, Reply, Simulator};

use super::{AT_ONCE, FIRST, SECOND, app_on, ask, models_asked};
use crate::harness::shown_text;

const ANSWER: &str = "Two to four days.";

/// How long was waited before each further request.
fn waits(simulator: &Simulator) -> Vec<Duration> {
    let requests = simulator.requests();
    let pairs = requests.windows(2);
    pairs
        .map(|pair| {
            pair[1]
                .received_after
                .saturating_sub(pair[0].received_after)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_host_is_asked_again_when_it_says_and_not_before() {
    let told = |status, wait: &str| Reply::status(status).with_header("retry-after", wait);
    let cases = [
        (told(429, "1"), 1, 1_000),
        (told(429, "1"), 2, 1_000),
        (told(429, "0"), 2, 0),
        (told(429, "700ms"), 1, 700),
        (told(503, "0.2"), 1, 200),
        (told(498, "0.3"), 1, 300),
        (
            Reply::status(503).with_header("retry-after-ms", "150"),
            1,
            150,
        ),
        // Nothing is said, so it is as long as the SDKs of the service wait.
        (Reply::status(429).without_retry_after(), 1, 375),
        (Reply::status(498), 1, 375),
        (Reply::status(500), 2, 375),
    ];
    let played =
        stream::iter(cases).for_each_concurrent(AT_ONCE, async |(refusal, times, at_least)| {
            let script = format!("{refusal:?}");
            let simulator = Simulator::start().await.expect("a simulator");
            for _ in 0..times {
                simulator.enqueue(refusal.clone());
            }
            simulator.enqueue(Reply::text(ANSWER));
            let app = app_on(&simulator, &[]).await;
            let ada = app.customer("ada").await;
            let (_, events) = ask(&ada).await;
            assert_eq!(shown_text(&events), ANSWER, "{script}");
            let waits = waits(&simulator);
            assert_eq!(waits.len(), times, "{script}");
            let at_least = Duration::from_millis(at_least);
            assert!(
                waits.iter().all(|wait| *wait >= at_least),
                "{waits:?}: {script}"
            );
        });
    played.await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_wants_no_more_requests_gets_none() {
    let told = |wait: &str| Reply::status(429).with_header("retry-after", wait);
    let limited = "upstream_rate_limited";
    for (refusal, code, then) in [
        (told("61"), limited, 0),
        (told("1m30s"), limited, 0),
        // It may be asked the next question.
        (
            Reply::status(503).with_header("x-should-retry", "false"),
            "upstream_unavailable",
            1,
        ),
    ] {
        let script = format!("{refusal:?}");
        let simulator = Simulator::start().await.expect("a simulator");
        simulator.enqueue(refusal);
        let app = app_on(&simulator, &[]).await;
        let ada = app.customer("ada").await;
        let (_, events) = ask(&ada).await;
        let failed = &events.last().expect("an end").data["response"];
        assert_eq!(failed["error"]["code"], code, "{script}");
        assert_eq!(simulator.requests().len(), 1, "{script}");

        ask(&ada).await;
        assert_eq!(simulator.requests().len(), 1 + then, "{script}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_of_the_service_are_kept_and_another_model_is_asked() {
    let simulator = Simulator::start().await.expect("a simulator");
    let app = app_on(&simulator, &[("GROQ_FALLBACK_MODELS", SECOND)]).await;
    let ada = app.customer("ada").await;
    simulator.limit_rates(RateLimits {
        requests_per_minute: NonZeroU32::new(1),
        ..RateLimits::default()
    });
    let (_, events) = ask(&ada).await;
    assert_eq!(events.last().expect("an end").name, "response.completed");
    // The limit is on both models together.
    let (_, events) = ask(&ada).await;
    let failed = &events.last().expect("an end").data["response"];
    assert_eq!(failed["error"]["code"], "upstream_rate_limited");
    assert_eq!(models_asked(&simulator), [FIRST, FIRST, SECOND]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_says_nothing_is_given_up_and_another_asked() {
    let simulator = Simulator::start().await.expect("a simulator");
    for _ in 0..3 {
        simulator.enqueue(Reply::new().headers_after(Duration::from_mins(5)));
    }
    simulator.enqueue(Reply::text("Two to four days."));
    let settings = [
        ("GROQ_FIRST_TOKEN_SECONDS", "1"),
        ("GROQ_FALLBACK_MODELS", SECOND),
    ];
    let app = app_on(&simulator, &settings).await;
    let ada = app.customer("ada").await;
    let (_, events) = ask(&ada).await;
    assert_eq!(shown_text(&events), "Two to four days.");
    assert_eq!(models_asked(&simulator), [FIRST, FIRST, FIRST, SECOND]);
}
