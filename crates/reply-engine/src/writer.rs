//! The one writer of this process: natural group commit for all its generations.
//!
//! It must not know what is being answered, by whom, or who reads.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::ports::{AppendOutcome, Appending, ReplyEventLog, RepositoryError};
use domain::reply::Lease;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::chain::Chain;
use crate::live::lock;
use crate::measures;
use crate::outbox::Outbox;

/// Collects outboxes that have something to write. One task commits whatever is waiting for all
/// replies in one append; while it does, more gathers. So a quiet server writes every token at
/// once and a busy one writes larger pieces, without a timer.
#[derive(Default)]
pub(crate) struct LogWriter {
    /// By lease: a generation that lost its own may still say something, which must not take the
    /// place of what the next one says.
    waiting: Mutex<HashMap<Lease, Arc<Outbox>>>,
    work: Notify,
}

impl LogWriter {
    /// How long to wait before an append whose outcome is unknown is repeated.
    const FIRST_PAUSE: Duration = Duration::from_millis(50);
    const LONGEST_PAUSE: Duration = Duration::from_secs(1);

    /// Says that the outbox has something to write.
    pub(crate) fn wake(&self, lease: Lease, outbox: &Arc<Outbox>) {
        lock(&self.waiting).insert(lease, Arc::clone(outbox));
        self.work.notify_one();
    }

    /// Writes until told to stop.
    pub(crate) async fn run(&self, log: &dyn ReplyEventLog, stop: &CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.work.notified() => {}
            }
            let waiting = std::mem::take(&mut *lock(&self.waiting));
            let (outboxes, batch): (Vec<_>, Vec<_>) = waiting
                .into_values()
                .filter_map(|outbox| outbox.take().map(|appending| (outbox, appending)))
                .unzip();
            if batch.is_empty() {
                continue;
            }
            let outcomes = tokio::select! {
                () = stop.cancelled() => return,
                outcomes = append(log, &batch) => outcomes,
            };
            for (outbox, outcome) in outboxes.iter().zip(outcomes) {
                outbox.settle(outcome);
            }
        }
    }
}

/// Appends the batch. Should it be refused, the replies that spoil it are found one by one, and
/// theirs alone end here.
async fn append(log: &dyn ReplyEventLog, batch: &[Appending]) -> Vec<AppendOutcome> {
    let begun = Instant::now();
    if let Ok(outcomes) = append_patiently(log, batch).await {
        measures::appended(batch.len(), begun.elapsed());
        return outcomes;
    }
    let mut outcomes = Vec::with_capacity(batch.len());
    for appending in batch {
        let outcome = append_patiently(log, std::slice::from_ref(appending)).await;
        let written = outcome.ok().and_then(|outcomes| outcomes.first().copied());
        outcomes.push(written.unwrap_or(AppendOutcome::Fenced));
    }
    outcomes
}

/// Repeats an append while the store cannot be reached.
async fn append_patiently(
    log: &dyn ReplyEventLog,
    batch: &[Appending],
) -> Result<Vec<AppendOutcome>, Refused> {
    let mut pause = LogWriter::FIRST_PAUSE;
    loop {
        match log.append(batch).await {
            Ok(outcomes) => return Ok(outcomes),
            Err(RepositoryError::Unavailable(error)) => {
                tracing::warn!(
                    error = %error,
                    "reply log unavailable, the append is repeated"
                );
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LogWriter::LONGEST_PAUSE);
            }
            Err(error) => {
                tracing::error!(replies = batch.len(), error = %Chain(&error), "append refused");
                return Err(Refused);
            }
        }
    }
}

/// The store will not take it.
struct Refused;

#[cfg(test)]
mod tests {
    use domain::ids::OwnerId;
    use domain::ports::MockReplyEventLog;
    use uuid::Uuid;

    use super::*;
    use crate::fixtures::running_reply;
    use crate::live::LiveReply;
    use crate::outbox::Fenced;

    /// An outbox under a lease of that epoch, with something to say.
    fn speaking(writer: &LogWriter, epoch: i32) -> Arc<Outbox> {
        let reply = running_reply();
        let lease = Lease {
            reply_id: reply.id,
            owner: OwnerId::from_uuid(Uuid::from_u128(4)),
            epoch,
        };
        let live = Arc::new(LiveReply::new(Arc::new(reply.clone())));
        let outbox = Arc::new(Outbox::new(lease, &reply, live));
        outbox.push("text");
        writer.wake(lease, &outbox);
        outbox
    }

    /// What the log makes of each, if only leases of that epoch hold.
    fn outcomes(batch: &[Appending], epoch: i32) -> Vec<AppendOutcome> {
        let outcome = |appending: &Appending| {
            if appending.lease.epoch == epoch {
                AppendOutcome::Appended
            } else {
                AppendOutcome::Fenced
            }
        };
        batch.iter().map(outcome).collect()
    }

    #[tokio::test]
    async fn who_lost_a_lease_does_not_silence_who_has_the_next() {
        let mut log = MockReplyEventLog::new();
        log.expect_append()
            .returning(|batch| Ok(outcomes(batch, 2)));
        let writer = LogWriter::default();
        let present = speaking(&writer, 2);
        let stale = speaking(&writer, 1);
        let stop = CancellationToken::new();
        tokio::select! {
            () = writer.run(&log, &stop) => panic!("it goes on"),
            written = present.is_written() => assert_eq!(written, Ok(())),
        }
        assert_eq!(stale.is_written().await, Err(Fenced));
    }

    #[tokio::test(start_paused = true)]
    async fn a_reply_that_spoils_a_batch_ends_alone_though_the_store_goes_away() {
        let mut log = MockReplyEventLog::new();
        let mut outages = 3;
        log.expect_append().returning(move |batch| {
            if batch.iter().any(|appending| appending.lease.epoch == 1) {
                return Err(RepositoryError::Corrupt("spoilt".into()));
            }
            if outages > 0 {
                outages -= 1;
                return Err(RepositoryError::Unavailable("away".into()));
            }
            Ok(outcomes(batch, 2))
        });
        let writer = LogWriter::default();
        let (spoilt, sound) = (speaking(&writer, 1), speaking(&writer, 2));
        let stop = CancellationToken::new();
        tokio::select! {
            () = writer.run(&log, &stop) => panic!("it goes on"),
            written = sound.is_written() => assert_eq!(written, Ok(())),
        }
        assert_eq!(spoilt.is_written().await, Err(Fenced));
    }
}
