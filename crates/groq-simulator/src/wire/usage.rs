use std::time::Duration;

use serde::Serialize;

use crate::answer::Answer;

/// What the service reports per token when an answer has no pace of its own.
const UNPACED_INTERVAL: Duration = Duration::from_millis(2);
const PROMPT_TOKEN_TIME: Duration = Duration::from_micros(50);

/// Token counts and times (in seconds) of one answer.
#[derive(Debug, Serialize)]
pub(super) struct Usage {
    queue_time: f64,
    prompt_tokens: u32,
    prompt_time: f64,
    completion_tokens: u32,
    completion_time: f64,
    total_tokens: u32,
    total_time: f64,
    /// Absent, not zero, when nothing was cached. The same goes for the reasoning.
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_tokens_details: Option<PromptTokensDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completion_tokens_details: Option<CompletionTokensDetails>,
}

#[derive(Debug, Serialize)]
struct PromptTokensDetails {
    cached_tokens: u32,
}

#[derive(Debug, Serialize)]
struct CompletionTokensDetails {
    reasoning_tokens: u32,
}

impl Usage {
    pub(super) fn of(prompt_tokens: u32, answer: &Answer) -> Self {
        let completion_tokens = answer.tokens();
        let reasoning_tokens = u32::try_from(answer.reasoning.len()).unwrap_or(u32::MAX);
        let cached_tokens = answer.cached_tokens.min(prompt_tokens);
        let interval = if answer.interval.is_zero() {
            UNPACED_INTERVAL
        } else {
            answer.interval
        };
        let prompt_time = PROMPT_TOKEN_TIME.saturating_mul(prompt_tokens);
        let completion_time = interval.saturating_mul(completion_tokens);

        Self {
            queue_time: 0.0052,
            prompt_tokens,
            prompt_time: prompt_time.as_secs_f64(),
            completion_tokens,
            completion_time: completion_time.as_secs_f64(),
            total_tokens: prompt_tokens.saturating_add(completion_tokens),
            total_time: prompt_time.saturating_add(completion_time).as_secs_f64(),
            prompt_tokens_details: (cached_tokens > 0)
                .then_some(PromptTokensDetails { cached_tokens }),
            completion_tokens_details: (reasoning_tokens > 0)
                .then_some(CompletionTokensDetails { reasoning_tokens }),
        }
    }
}
