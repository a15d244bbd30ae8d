use std::sync::Arc;
use std::time::Duration;

use crate::ports::{
    Clock, IdempotencyStore, ReplyEventLog, RepositoryError, SessionRepository,
    StreamTokenRepository, Throttle,
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
    /// Throttles that are as if they had never been used.
    pub throttles: u64,
    /// Keys of requests that are too old to be repeated.
    pub idempotency_keys: u64,
}

/// What [`Sweep`] works with.
pub struct SweepParts {
    /// Events of replies.
    pub events: Arc<dyn ReplyEventLog>,
    /// Stream tokens.
    pub stream_tokens: Arc<dyn StreamTokenRepository>,
    /// Sessions.
    pub sessions: Arc<dyn SessionRepository>,
    /// Throttles.
    pub throttle: Arc<dyn Throttle>,
    /// Keys of requests.
    pub keyed: Arc<dyn IdempotencyStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// Removes what is of no use any more, so that the database does not grow with time alone.
pub struct Sweep {
    parts: SweepParts,
}

impl Sweep {
    /// How long a reply's events are kept after its end. Readers who come later continue by the
    /// stored text.
    pub const EVENTS_KEPT: Duration = Duration::from_hours(1);
    /// How many rows are seen to at a time, so that no transaction takes long.
    const BATCH: u32 = 200;

    /// Wires the use case.
    pub fn new(parts: SweepParts) -> Self {
        Self { parts }
    }

    /// Removes everything that is due. Any number of processes may do so at once.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails; what was removed before stays removed.
    pub async fn execute(&self) -> Result<Swept, RepositoryError> {
        let SweepParts {
            events,
            stream_tokens,
            sessions,
            throttle,
            keyed,
            clock,
        } = &self.parts;
        let now = clock.now();
        let ended_before = now - Self::EVENTS_KEPT;
        Ok(Swept {
            stream_tokens: stream_tokens.remove_expired(now).await?,
            sessions: in_batches(|max| sessions.remove_expired(now, max)).await?,
            throttles: in_batches(|max| throttle.remove_full(now, max)).await?,
            idempotency_keys: in_batches(|max| keyed.remove_expired(now, max)).await?,
            trimmed_replies: in_batches(|max| events.trim(ended_before, max)).await?,
        })
    }
}

/// Goes on until a batch is not full.
async fn in_batches<F>(mut remove: impl FnMut(u32) -> F) -> Result<u64, RepositoryError>
where
    F: Future<Output = Result<u64, RepositoryError>>,
{
    let mut all = 0;
    loop {
        let removed = remove(Sweep::BATCH).await?;
        all += removed;
        if removed < u64::from(Sweep::BATCH) {
            return Ok(all);
        }
    }
}
