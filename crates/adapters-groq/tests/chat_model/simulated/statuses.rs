//! Each status that the service is known to send.

use std::num::NonZeroU32;
use std::time::Duration;

use adapters_groq::{GroqChatModel, GroqSettings};
use domain::ports::{ChatModel as _, ChatModelError, RetryAdvice};
use groq_simulator::{Config, RateLimits, Reply, Simulator};

use super::{model_at, refusal_to, settings_for};
use crate::harness::{ask, question, refusal_of};

const DENIED: &str =
    r#"{"error":{"message":"Access denied. Please check your network settings."}}"#;

fn second() -> Duration {
    Duration::from_secs(1)
}

#[track_caller]
fn assert_rejected(error: &ChatModelError, expected: u16) {
    assert!(
        matches!(error, ChatModelError::Rejected { status } if *status == expected),
        "{expected}: {error:?}"
    );
}

#[tokio::test]
async fn a_refusal_for_good_keeps_its_status() {
    for (reply, status) in [
        (Reply::status(400).code("tool_use_failed"), 400),
        (Reply::status(400).code("json_validate_failed"), 400),
        (Reply::status(400).code("model_decommissioned"), 400),
        (Reply::status(400).code("blocked_api_access"), 400),
        (Reply::status(400).body("<html>"), 400),
        (Reply::status(401), 401),
        // A page of the proxy in front of the service.
        (Reply::status(403), 403),
        (Reply::status(403).body(DENIED), 403),
        (Reply::status(404), 404),
        (Reply::status(422), 422),
        (Reply::status(424), 424),
        (Reply::status(499), 499),
        (Reply::status(400).cut_at_byte(9), 400),
    ] {
        assert_rejected(&refusal_to(reply).await, status);
    }
}

#[tokio::test]
async fn settings_that_the_service_does_not_take_are_refusals_for_good() {
    let config = Config {
        api_key: Some(String::from("gsk_another")),
        ..Config::default()
    };
    let locked = Simulator::start_with(config).await.expect("a free port");
    assert_rejected(&refusal_of(&model_at(&locked)).await, 401);

    let simulator = Simulator::start().await.expect("a free port");
    let model = |settings| GroqChatModel::new(settings).expect("usable settings");
    let effort = model(GroqSettings {
        reasoning_effort: Some(String::from("extreme")),
        ..settings_for(&simulator)
    });
    assert_rejected(&refusal_of(&effort).await, 400);
    let unknown = model_at(&simulator).sibling("llama-3.1-8b-instant");
    assert_rejected(&refusal_of(&unknown).await, 404);
    let astray = model(GroqSettings {
        base_url: format!("{}/nowhere", simulator.base_url()),
        ..settings_for(&simulator)
    });
    assert_rejected(&refusal_of(&astray).await, 404);

    let mut greedy = question();
    greedy.max_completion_tokens = 65_537;
    let Err(error) = model_at(&simulator).stream_reply(greedy).await else {
        panic!("the budget is too large");
    };
    assert_rejected(&error, 400);
}

#[tokio::test]
async fn a_conversation_that_is_too_long_is_told_apart() {
    let simulator = Simulator::start().await.expect("a free port");
    let mut long = question();
    for turn in &mut long.turns {
        turn.content = "word ".repeat(60_000);
    }
    let beyond_the_window = model_at(&simulator).stream_reply(long).await.err();
    simulator.limit_rates(RateLimits {
        tokens_per_minute: NonZeroU32::new(500),
        ..RateLimits::default()
    });
    let beyond_the_minute = Some(refusal_of(&model_at(&simulator)).await);

    for error in [
        beyond_the_window,
        beyond_the_minute,
        Some(refusal_to(Reply::status(400)).await),
        Some(refusal_to(Reply::status(413)).await),
        Some(refusal_to(Reply::status(413).code("request_too_large")).await),
    ] {
        assert!(
            matches!(error, Some(ChatModelError::ContextTooLong)),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_rate_limit_tells_how_long_to_wait() {
    let told = |wait: &str| Reply::status(429).with_header("retry-after", wait);
    for (reply, after) in [
        (Reply::status(429), Some(2_000)),
        (Reply::status(429).retry_after(second()), Some(1_000)),
        (Reply::status(429).without_retry_after(), None),
        (told("0"), Some(0)),
        (told("0.2"), Some(200)),
        (told("61"), Some(61_000)),
        (told("1m30s"), Some(90_000)),
        (told("soon"), None),
        (Reply::status(498), None),
        (Reply::status(498).retry_after(second()), Some(1_000)),
    ] {
        let script = format!("{reply:?}");
        let error = refusal_to(reply).await;
        let ChatModelError::RateLimited { advice } = error else {
            panic!("{script}: {error:?}");
        };
        assert_eq!(advice.after, after.map(Duration::from_millis), "{script}");
        assert_eq!(advice.wanted, None);
    }
}

#[tokio::test]
async fn each_limit_that_is_used_up_is_a_rate_limit() {
    let most = NonZeroU32::new(600);
    let simulator = Simulator::start().await.expect("a free port");
    let model = model_at(&simulator);
    let none = RateLimits::default;
    for limits in [
        RateLimits {
            requests_per_minute: NonZeroU32::new(1),
            ..none()
        },
        RateLimits {
            requests_per_day: NonZeroU32::new(1),
            ..none()
        },
        RateLimits {
            tokens_per_minute: most,
            ..none()
        },
        RateLimits {
            tokens_per_day: most,
            ..none()
        },
        RateLimits {
            input_tokens_per_minute: NonZeroU32::new(40),
            ..none()
        },
        RateLimits {
            output_tokens_per_minute: most,
            ..none()
        },
    ] {
        simulator.limit_rates(limits);
        ask(&model).await.finish();
        let error = refusal_of(&model).await;
        let ChatModelError::RateLimited { advice } = error else {
            panic!("{limits:?}: {error:?}");
        };
        assert!(
            advice.after > Some(Duration::ZERO),
            "{limits:?}: {advice:?}"
        );
    }
}

#[tokio::test]
async fn a_host_in_trouble_is_unavailable_and_may_say_when_to_come_back() {
    let advised = |name: &str, value: &str| Reply::status(503).with_header(name, value);
    let none = RetryAdvice::default();
    let after = |milliseconds| RetryAdvice {
        after: Some(Duration::from_millis(milliseconds)),
        wanted: None,
    };
    let wanted = |wanted| RetryAdvice {
        after: None,
        wanted: Some(wanted),
    };
    for (reply, expected) in [
        (Reply::status(409), none),
        (Reply::status(500), none),
        // A page of a gateway.
        (Reply::status(502), none),
        (Reply::status(503), none),
        (Reply::status(503).cut_at_byte(9), none),
        (Reply::status(504).body("<html>"), none),
        (Reply::status(503).retry_after(second()), after(1_000)),
        (advised("retry-after", "0.2"), after(200)),
        (advised("retry-after-ms", "150"), after(150)),
        (advised("x-should-retry", "false"), wanted(false)),
        (advised("x-should-retry", "true"), wanted(true)),
    ] {
        let script = format!("{reply:?}");
        let error = refusal_to(reply).await;
        let ChatModelError::Unavailable { advice, .. } = error else {
            panic!("{script}: {error:?}");
        };
        assert_eq!(advice, expected, "{script}");
    }
}

#[tokio::test]
async fn a_request_timeout_is_a_timeout() {
    let error = refusal_to(Reply::status(408)).await;
    assert!(matches!(error, ChatModelError::TimedOut), "{error:?}");
}

#[tokio::test]
async fn a_success_without_a_stream_is_malformed() {
    let completion = r#"{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}"#;
    for reply in [
        Reply::status(206),
        Reply::status(200).body(completion),
        Reply::status(200).body("<html>"),
        Reply::status(202)
            .with_header("content-type", "text/event-stream")
            .body("data: [DONE]\n\n"),
    ] {
        let error = refusal_to(reply).await;
        assert!(matches!(error, ChatModelError::Malformed(_)), "{error:?}");
    }
}
