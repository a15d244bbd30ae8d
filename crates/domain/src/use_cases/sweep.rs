use std::sync::Arc;
use std::time::Duration;

use crate::ports::{
    Clock, ReplyEventLog, RepositoryError, SessionRepository, StreamTokenRepository,
};

/// What a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Replies whose events were removed.
    pub trimmed_replies: u64,
    /// Stream tokens that opened nothing any more.
    pub stream_tokens: u64,
    /// Sessions that nobody renewed.
    pub sessions: u64,
}

/// Removes what is of no use any more, so that the database does not grow with time alone.
pub struct Sweep {
    events: Arc<dyn ReplyEventLog>,
    stream_tokens: Arc<dyn StreamTokenRepository>,
    sessions: Arc<dyn SessionRepository>,
    clock: Arc<dyn Clock>,
}

impl Sweep {
    /// How long a reply's events are kept after its end. Readers who come later continue by the
    /// stored text.
    pub const EVENTS_KEPT: Duration = Duration::from_hours(1);
    /// How much is removed at a time, so that no transaction takes long.
    const BATCH: u32 = 200;

    /// Wires the use case.
    pub fn new(
        events: Arc<dyn ReplyEventLog>,
        stream_tokens: Arc<dyn StreamTokenRepository>,
        sessions: Arc<dyn SessionRepository>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            events,
            stream_tokens,
            sessions,
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
            let removed = self.sessions.remove_expired(now, Self::BATCH).await?;
            swept.sessions += removed;
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
