use std::num::NonZeroU32;

use groq_simulator::RateLimits;

use crate::{
    harness::{plain, with},
    rate_limits::{limited, message},
};

#[tokio::test]
async fn every_limit_has_its_own_words() {
    let one = NonZeroU32::new(20);
    let none = RateLimits::default;
    let cases = [
        (
            "requests",
            "requests per minute (RPM)",
            RateLimits {
                requests_per_minute: NonZeroU32::new(1),
                ..none()
            },
        ),
        (
            "tokens",
            "tokens per minute (TPM)",
            RateLimits {
                tokens_per_minute: one,
                ..none()
            },
        ),
        (
            "tokens",
            "tokens per day (TPD)",
            RateLimits {
                tokens_per_day: one,
                ..none()
            },
        ),
        (
            "tokens",
            "input tokens per minute (ITPM)",
            RateLimits {
                input_tokens_per_minute: NonZeroU32::new(10),
                ..none()
            },
        ),
        (
            "tokens",
            "output tokens per minute (OTPM)",
            RateLimits {
                output_tokens_per_minute: one,
                ..none()
            },
        ),
    ];
    for (kind, words, limits) in cases {
        let harness = limited(limits).await;
        let request = with(plain(), "max_completion_tokens", 11);

        let first = harness.ask(&request).await;
        let second = harness.ask(&request).await;

        assert_eq!((first.status, second.status), (200, 429), "{words}");
        assert_eq!(second.json()["error"]["type"], kind);
        let message = message(&second);
        assert!(
            message.contains(&format!(" on {words}: Limit ")),
            "{message}"
        );
        assert!(second.headers.contains_key("retry-after"));
    }
}

#[tokio::test]
async fn a_prompt_or_a_budget_that_never_fits_is_a_413() {
    let harness = limited(RateLimits {
        input_tokens_per_minute: NonZeroU32::new(5),
        ..RateLimits::default()
    })
    .await;
    let prompt = harness.ask(&plain()).await;
    harness.simulator.limit_rates(RateLimits {
        output_tokens_per_minute: NonZeroU32::new(1_000),
        ..RateLimits::default()
    });
    let budget = harness
        .ask(&with(plain(), "max_completion_tokens", 1_295))
        .await;

    assert_eq!((prompt.status, budget.status), (413, 413));
    assert!(
        message(&prompt).contains("(ITPM): Limit 5, Requested 9, please reduce your message size"),
        "{}",
        prompt.text
    );
    assert!(
        message(&budget).contains(
            "(OTPM): Limit 1000, Requested 1295. The request's expected output tokens exceed the \
             enforced limit; reduce max_tokens"
        ),
        "{}",
        budget.text
    );
}
