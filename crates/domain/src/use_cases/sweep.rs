use std::sync::Arc;
use std::time::Duration;

use crate::ports::{Clock, ReplyEventLog, RepositoryError, StreamTokenRepository, Throttle};

/// What a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Replies whose events were removed.
    pub trimmed_replies: u64,
    /// Stream tokens that opened nothing any more.
    pub stream_tokens: u64,
    /// Throttles that are as if they had never been used.
    pub throttles: u64,
}

/// Removes what is of no use any more, so that the database does not grow with time alone.
pub struct Sweep {
    events: Arc<dyn ReplyEventLog>,
    stream_tokens: Arc<dyn StreamTokenRepository>,
    throttle: Arc<dyn Throttle>,
    clock: Arc<dyn Clock>,
}

impl Sweep {
    /// How long a reply's events are kept after its end. Readers who come later continue by the
    /// stored text.
    pub const EVENTS_KEPT: Duration = Duration::from_hours(1);
    /// How many rows are seen to at a time, so that no transaction takes long.
    const BATCH: u32 = 200;

    /// Wires the use case.
    pub fn new(
        events: Arc<dyn ReplyEventLog>,
        stream_tokens: Arc<dyn StreamTokenRepository>,
        throttle: Arc<dyn Throttle>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            events,
            stream_tokens,
            throttle,
            clock,
        }
    }

    /// Removes everything that is due. Any number of processes may do so at once.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails; what was removed before stays removed.
    pub async fn execute(&self) -> Result<Swept, RepositoryError> {
        let now = self.clock.now();
        let mut swept = Swept {
            stream_tokens: self.stream_tokens.remove_expired(now).await?,
            ..Swept::default()
        };
        loop {
            let removed = self.throttle.remove_full(now, Self::BATCH).await?;
            swept.throttles += removed;
            if removed < u64::from(Self::BATCH) {
                break;
            }
        }
        loop {
            let trimmed = self
                .events
                .trim(now - Self::EVENTS_KEPT, Self::BATCH)
                .await?;
            swept.trimmed_replies += trimmed;
            if trimmed < u64::from(Self::BATCH) {
                return Ok(swept);
            }
        }
    }
}
