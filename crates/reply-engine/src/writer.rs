//! The one writer of this process: natural group commit for all its generations.
//!
//! It must not know what is being answered, by whom, or who reads.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::ids::ReplyId;
use domain::ports::{AppendOutcome, Appending, ReplyEventLog, RepositoryError};
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
    waiting: Mutex<HashMap<ReplyId, Arc<Outbox>>>,
    work: Notify,
}

impl LogWriter {
    /// How long to wait before an append whose outcome is unknown is repeated.
    const FIRST_PAUSE: Duration = Duration::from_millis(50);
    const LONGEST_PAUSE: Duration = Duration::from_secs(1);

    /// Says that the outbox has something to write.
    pub(crate) fn wake(&self, reply_id: ReplyId, outbox: &Arc<Outbox>) {
        lock(&self.waiting).insert(reply_id, Arc::clone(outbox));
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

/// Appends the batch, repeating it while the store cannot be reached.
async fn append(log: &dyn ReplyEventLog, batch: &[Appending]) -> Vec<AppendOutcome> {
    let mut pause = LogWriter::FIRST_PAUSE;
    let begun = Instant::now();
    loop {
        match log.append(batch).await {
            Ok(outcomes) => {
                measures::appended(batch.len(), begun.elapsed());
                return outcomes;
            }
            Err(RepositoryError::Unavailable(error)) => {
                tracing::warn!(
                    error = %error,
                    "reply log unavailable, the append is repeated"
                );
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LogWriter::LONGEST_PAUSE);
            }
            Err(error) => {
                tracing::error!(error = %Chain(&error), "append refused");
                return one_by_one(log, batch).await;
            }
        }
    }
}

/// Finds the replies that spoil a batch: theirs alone end here.
async fn one_by_one(log: &dyn ReplyEventLog, batch: &[Appending]) -> Vec<AppendOutcome> {
    let mut outcomes = Vec::with_capacity(batch.len());
    for appending in batch {
        let outcome = match log.append(std::slice::from_ref(appending)).await {
            Ok(outcomes) => outcomes.first().copied().unwrap_or(AppendOutcome::Fenced),
            Err(_) => AppendOutcome::Fenced,
        };
        outcomes.push(outcome);
    }
    outcomes
}
