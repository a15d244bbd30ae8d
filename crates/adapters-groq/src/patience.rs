use std::future::Future;
use std::time::Duration;

use domain::ports::ChatModelError;
use tokio::time::{Instant, timeout};

use crate::settings::Timeouts;

/// How much longer one request is waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    timeouts: Timeouts,
    since: Instant,
}

impl Patience {
    /// Starts to wait.
    pub(crate) fn start(timeouts: Timeouts) -> Self {
        Self {
            timeouts,
            since: Instant::now(),
        }
    }

    /// Waits for something that comes before any part of the answer.
    pub(crate) async fn for_acceptance<F: Future>(
        &self,
        future: F,
    ) -> Result<F::Output, ChatModelError> {
        let limit = self.timeouts.first_token.min(self.timeouts.total);
        wait(self.rest_of(limit), future).await
    }

    /// Waits for the next bytes of an answer. Until it `has_begun`, bytes alone are not enough:
    /// a host that sends comments for a minute is alive, but its reader sees nothing.
    pub(crate) async fn for_bytes<F: Future>(
        &self,
        has_begun: bool,
        future: F,
    ) -> Result<F::Output, ChatModelError> {
        let mut limit = self.rest_of(self.timeouts.total);
        if !has_begun {
            limit = limit.min(self.rest_of(self.timeouts.first_token));
        }
        wait(limit.min(self.timeouts.idle), future).await
    }

    fn rest_of(&self, limit: Duration) -> Duration {
        limit.saturating_sub(self.since.elapsed())
    }
}

async fn wait<F: Future>(limit: Duration, future: F) -> Result<F::Output, ChatModelError> {
    // A timeout of zero still lets a ready future through, and of a host that never pauses every
    // read is ready.
    if limit.is_zero() {
        return Err(ChatModelError::TimedOut);
    }
    match timeout(limit, future).await {
        Ok(output) => Ok(output),
        Err(_) => Err(ChatModelError::TimedOut),
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    #[tokio::test]
    async fn what_is_ready_too_late_is_too_late() {
        let patience = |timeouts| Patience {
            timeouts,
            since: Instant::now(),
        };
        let out_of_time = patience(Timeouts {
            total: Duration::ZERO,
            ..Timeouts::default()
        });
        assert!(out_of_time.for_acceptance(ready(())).await.is_err());
        assert!(out_of_time.for_bytes(true, ready(())).await.is_err());

        let without_token = patience(Timeouts {
            first_token: Duration::ZERO,
            ..Timeouts::default()
        });
        assert!(without_token.for_bytes(false, ready(())).await.is_err());
        assert!(without_token.for_bytes(true, ready(())).await.is_ok());
    }
}
