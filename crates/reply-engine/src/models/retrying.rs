use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::ports::{ChatChunk, ChatModel, ChatModelError, ChatRequest, ChatStream, RetryAdvice};
use futures_util::{StreamExt as _, stream};
use thiserror::Error;
use tokio::time::Instant;

use super::breaker::{BreakerSettings, CircuitBreaker};
use crate::chain::Chain;
use crate::measures;

/// How persistently a model is asked.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// Requests at most, the first one included.
    pub max_requests: u32,
    /// The wait before the second request, doubled before each further one.
    pub first_wait: Duration,
    /// The longest wait, also when the host asks for more: then it is not asked again.
    pub longest_wait: Duration,
    /// From the first request on, after which none is sent any more.
    pub patience: Duration,
    /// Failures in a row until the host is left alone for a while.
    pub breaker_threshold: u32,
    /// How long it is left alone.
    pub breaker_rest: Duration,
}

impl RetryPolicy {
    /// The longest that a host is left alone because it asks for it.
    const LONGEST_REST: Duration = Duration::from_mins(5);
    const LONGEST_BACKOFF: Duration = Duration::from_secs(8);

    /// How long to wait before the next request; none when there is to be none.
    fn wait(&self, error: &ChatModelError, sent: u32, elapsed: Duration) -> Option<Duration> {
        let advice = advice(error);
        let retryable = advice.wanted.unwrap_or(matches!(
            error,
            ChatModelError::RateLimited { .. }
                | ChatModelError::TimedOut
                | ChatModelError::Unavailable { .. }
        ));
        if !retryable || sent >= self.max_requests {
            return None;
        }
        let wait = advice.after.unwrap_or_else(|| self.backoff(sent));
        if wait > self.longest_wait {
            return None;
        }
        // Not earlier than asked; spread out, as others were told the same.
        let wait = match advice.after {
            Some(after) => after.mul_f64(1.0 + 0.1 * rand::random::<f64>()),
            None => wait,
        };
        (elapsed + wait <= self.patience).then_some(wait)
    }

    fn backoff(&self, sent: u32) -> Duration {
        let doubled = self
            .first_wait
            .saturating_mul(2_u32.saturating_pow(sent.saturating_sub(1)));
        doubled
            .min(Self::LONGEST_BACKOFF)
            .mul_f64(1.0 - 0.25 * rand::random::<f64>())
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_requests: 3,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(20),
            patience: Duration::from_mins(1),
            breaker_threshold: 5,
            breaker_rest: Duration::from_secs(30),
        }
    }
}

fn advice(error: &ChatModelError) -> RetryAdvice {
    match error {
        ChatModelError::RateLimited { advice } | ChatModelError::Unavailable { advice, .. } => {
            *advice
        }
        ChatModelError::Rejected { .. }
        | ChatModelError::ContextTooLong
        | ChatModelError::ContentRefused
        | ChatModelError::TimedOut
        | ChatModelError::Malformed(_) => RetryAdvice::default(),
    }
}

/// Asks a model again when it fails before its first text, and leaves it alone when it keeps
/// failing.
pub struct RetryingChatModel {
    model: Arc<dyn ChatModel>,
    policy: RetryPolicy,
    breaker: CircuitBreaker,
}

impl RetryingChatModel {
    /// Asks that model.
    pub fn new(model: Arc<dyn ChatModel>, policy: RetryPolicy) -> Self {
        let breaker = CircuitBreaker::new(BreakerSettings {
            threshold: policy.breaker_threshold,
            rest: policy.breaker_rest,
            longest_wait: policy.longest_wait,
            longest_rest: RetryPolicy::LONGEST_REST,
        });
        Self {
            model,
            policy,
            breaker,
        }
    }

    fn measure(&self, outcome: Result<(), &ChatModelError>) {
        let model = self.model.name();
        measures::asked(&model, outcome);
        measures::left_alone(&model, self.breaker.is_open());
    }

    /// One request; an answer counts as begun with its first text, or with its end.
    async fn begin(&self, request: ChatRequest) -> Result<ChatStream, ChatModelError> {
        let mut chunks = self.model.stream_reply(request).await?;
        loop {
            match chunks.next().await {
                Some(Ok(ChatChunk::Thinking)) => {}
                Some(Ok(ChatChunk::Text(text))) if text.is_empty() => {}
                Some(Ok(first)) => return Ok(stream::iter([Ok(first)]).chain(chunks).boxed()),
                Some(Err(error)) => return Err(error),
                None => {
                    return Err(ChatModelError::Unavailable {
                        source: CutOff.into(),
                        advice: RetryAdvice::default(),
                    });
                }
            }
        }
    }
}

#[derive(Debug, Error)]
#[error("the answer ended before it began")]
struct CutOff;

#[async_trait]
impl ChatModel for RetryingChatModel {
    fn name(&self) -> String {
        self.model.name()
    }

    async fn stream_reply(&self, request: ChatRequest) -> Result<ChatStream, ChatModelError> {
        let begun = Instant::now();
        let mut sent = 0;
        loop {
            let pass = self.breaker.enter()?;
            let error = match self.begin(request.clone()).await {
                Ok(answer) => {
                    pass.succeeded();
                    self.measure(Ok(()));
                    return Ok(answer);
                }
                Err(error) => error,
            };
            pass.failed(&error);
            self.measure(Err(&error));
            sent += 1;
            let Some(wait) = self.policy.wait(&error, sent, begun.elapsed()) else {
                return Err(error);
            };
            tracing::info!(
                model = self.model.name(),
                sent,
                wait_ms = wait.as_millis(),
                error = %Chain(&error),
                "the model is asked again"
            );
            tokio::time::sleep(wait).await;
            measures::asked_again(&self.model.name());
        }
    }
}
