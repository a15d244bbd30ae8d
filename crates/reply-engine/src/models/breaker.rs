//! Keeps requests from a host that does not answer them.

use std::sync::Mutex;
use std::time::Duration;

use domain::ports::{ChatModelError, RetryAdvice};
use thiserror::Error;
use tokio::time::Instant;

use crate::live::lock;

/// A circuit breaker: after some failures in a row it refuses requests for a while, then lets one
/// through to find out whether the host is back.
#[derive(Debug)]
pub(super) struct CircuitBreaker {
    settings: BreakerSettings,
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct BreakerSettings {
    /// Failures in a row until it opens.
    pub(super) threshold: u32,
    /// How long it stays open.
    pub(super) rest: Duration,
    /// A host that asks to wait longer than this is left alone for as long as it asks.
    pub(super) longest_wait: Duration,
    /// But not for longer than this.
    pub(super) longest_rest: Duration,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Requests pass.
    Closed { failures: u32 },
    /// Requests are refused; from that time on one may probe.
    Open { until: Instant, blame: Blame },
    /// One is under way to find out.
    Probing { blame: Blame },
}

/// Why it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blame {
    RateLimited,
    Unavailable,
}

#[derive(Debug, Error)]
#[error("it has not answered for a while and is left alone")]
struct LeftAlone;

/// The right to ask once. What is not reported counts neither way.
#[derive(Debug)]
pub(super) struct Pass<'a> {
    breaker: &'a CircuitBreaker,
    /// What it goes back to when nothing is reported.
    probed: Option<Blame>,
}

impl CircuitBreaker {
    pub(super) const fn new(settings: BreakerSettings) -> Self {
        Self {
            settings,
            state: Mutex::new(State::Closed { failures: 0 }),
        }
    }

    /// Asks to be let through.
    pub(super) fn enter(&self) -> Result<Pass<'_>, ChatModelError> {
        let mut state = lock(&self.state);
        let probed = match *state {
            State::Closed { .. } => None,
            State::Open { until, blame } if until <= Instant::now() => {
                *state = State::Probing { blame };
                Some(blame)
            }
            State::Open { until, blame } => {
                let after = until.saturating_duration_since(Instant::now());
                return Err(refusal(blame, Some(after)));
            }
            State::Probing { blame } => return Err(refusal(blame, None)),
        };
        Ok(Pass {
            breaker: self,
            probed,
        })
    }

    /// Whether requests are refused, or the next one is a probe.
    pub(super) fn is_open(&self) -> bool {
        !matches!(*lock(&self.state), State::Closed { .. })
    }

    fn after(&self, state: State, error: &ChatModelError) -> State {
        let open = |rest: Duration, blame| State::Open {
            until: Instant::now() + rest.min(self.settings.longest_rest),
            blame,
        };
        match error {
            ChatModelError::RateLimited { advice } => match advice.after {
                Some(after) if after > self.settings.longest_wait => {
                    open(after, Blame::RateLimited)
                }
                _ => State::Closed { failures: 0 },
            },
            ChatModelError::TimedOut
            | ChatModelError::Unavailable { .. }
            | ChatModelError::Malformed(_) => match state {
                State::Closed { failures } if failures + 1 < self.settings.threshold => {
                    State::Closed {
                        failures: failures + 1,
                    }
                }
                _ => open(self.settings.rest, Blame::Unavailable),
            },
            // It answers, if only to refuse.
            ChatModelError::Rejected { .. }
            | ChatModelError::ContextTooLong
            | ChatModelError::ContentRefused => State::Closed { failures: 0 },
        }
    }
}

impl Pass<'_> {
    /// The host answered.
    pub(super) fn succeeded(mut self) {
        self.probed = None;
        *lock(&self.breaker.state) = State::Closed { failures: 0 };
    }

    /// It did not.
    pub(super) fn failed(mut self, error: &ChatModelError) {
        self.probed = None;
        let mut state = lock(&self.breaker.state);
        *state = self.breaker.after(*state, error);
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        // The asker went away in the middle of its probe: the next one may try.
        if let Some(blame) = self.probed {
            *lock(&self.breaker.state) = State::Open {
                until: Instant::now(),
                blame,
            };
        }
    }
}

fn refusal(blame: Blame, after: Option<Duration>) -> ChatModelError {
    let advice = RetryAdvice {
        after,
        // Nothing is gained by asking what refuses by itself.
        wanted: Some(false),
    };
    match blame {
        Blame::RateLimited => ChatModelError::RateLimited { advice },
        Blame::Unavailable => ChatModelError::Unavailable {
            source: LeftAlone.into(),
            advice,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: BreakerSettings = BreakerSettings {
        threshold: 3,
        rest: Duration::from_secs(30),
        longest_wait: Duration::from_secs(20),
        longest_rest: Duration::from_mins(5),
    };

    fn limited(after: u64) -> ChatModelError {
        let advice = RetryAdvice {
            after: Some(Duration::from_secs(after)),
            wanted: None,
        };
        ChatModelError::RateLimited { advice }
    }

    fn fail(breaker: &CircuitBreaker, error: &ChatModelError) {
        breaker.enter().unwrap().failed(error);
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_after_failures_in_a_row_and_lets_one_probe() {
        let breaker = CircuitBreaker::new(SETTINGS);
        for _ in 0..2 {
            fail(&breaker, &ChatModelError::TimedOut);
        }
        breaker.enter().unwrap().succeeded();
        for _ in 0..3 {
            fail(&breaker, &ChatModelError::TimedOut);
        }
        let refused = breaker.enter().unwrap_err();
        assert!(matches!(refused, ChatModelError::Unavailable { .. }));

        tokio::time::advance(SETTINGS.rest).await;
        let probe = breaker.enter().unwrap();
        assert!(breaker.enter().is_err(), "one at a time");
        probe.failed(&ChatModelError::TimedOut);
        assert!(breaker.enter().is_err(), "it rests again");

        tokio::time::advance(SETTINGS.rest).await;
        breaker.enter().unwrap().succeeded();
        fail(&breaker, &ChatModelError::TimedOut);
        assert!(breaker.enter().is_ok(), "failures are counted afresh");
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_nobody_waits_for_leaves_the_next_one_free() {
        let breaker = CircuitBreaker::new(SETTINGS);
        for _ in 0..3 {
            fail(&breaker, &ChatModelError::TimedOut);
        }
        tokio::time::advance(SETTINGS.rest).await;
        drop(breaker.enter().unwrap());
        assert!(breaker.enter().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_asks_for_a_long_rest_gets_it_within_bounds() {
        let breaker = CircuitBreaker::new(SETTINGS);
        fail(&breaker, &limited(20));
        fail(&breaker, &limited(60));
        let refused = breaker.enter().unwrap_err();
        assert!(matches!(refused, ChatModelError::RateLimited { .. }));
        tokio::time::advance(Duration::from_secs(59)).await;
        assert!(breaker.enter().is_err());
        tokio::time::advance(Duration::from_secs(1)).await;
        fail(&breaker, &limited(86_400));
        tokio::time::advance(SETTINGS.longest_rest).await;
        assert!(breaker.enter().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_are_signs_of_life() {
        let breaker = CircuitBreaker::new(SETTINGS);
        for _ in 0..10 {
            fail(&breaker, &ChatModelError::TimedOut);
            fail(&breaker, &ChatModelError::Rejected { status: 400 });
        }
        assert!(breaker.enter().is_ok());
    }
}
