mod exchange;
mod record;

use std::{collections::VecDeque, sync::Arc, time::Duration};

use thiserror::Error;
use tokio::{sync::watch, time::Instant};

pub(crate) use crate::journal::exchange::Exchange;
pub(crate) use crate::journal::record::bearer_key;
pub use crate::journal::record::{Counts, Outcome, RecordedHeaders, RecordedRequest};

/// What a test waited for did not happen in time.
#[derive(Clone, Debug, Error)]
#[error("{awaited} did not happen within {within:?}; the journal has {counts:?}")]
pub struct DeadlinePassed {
    awaited: String,
    within: Duration,
    counts: Counts,
}

/// Every chat request and how it ended.
#[derive(Debug)]
pub(crate) struct Journal {
    ledger: watch::Sender<Ledger>,
    capacity: usize,
    started: Instant,
}

#[derive(Debug, Default)]
struct Ledger {
    /// Counts the resets, so that a request from before one changes nothing after it.
    epoch: u64,
    counts: Counts,
    kept: VecDeque<RecordedRequest>,
}

impl Journal {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            ledger: watch::Sender::default(),
            capacity,
            started: Instant::now(),
        }
    }

    /// Enters a request; it is in progress until the returned exchange says otherwise.
    pub(crate) fn open(self: &Arc<Self>, mut request: RecordedRequest) -> Exchange {
        request.received_after = self.started.elapsed();
        let mut entered = (0, 0);
        self.ledger.send_modify(|ledger| {
            request.index = ledger.counts.received;
            entered = (ledger.epoch, request.index);
            ledger.counts.received += 1;
            ledger.counts.in_progress += 1;
            ledger.kept.push_back(request);
            if ledger.kept.len() > self.capacity {
                ledger.kept.pop_front();
            }
        });
        let (epoch, index) = entered;
        Exchange::new(Arc::clone(self), epoch, index)
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.ledger.borrow().kept.iter().cloned().collect()
    }

    pub(crate) fn counts(&self) -> Counts {
        self.ledger.borrow().counts
    }

    pub(crate) fn reset(&self) {
        self.ledger.send_modify(|ledger| {
            *ledger = Ledger {
                epoch: ledger.epoch + 1,
                ..Ledger::default()
            };
        });
    }

    pub(crate) async fn wait_for_requests(
        &self,
        count: usize,
        within: Duration,
    ) -> Result<Vec<RecordedRequest>, DeadlinePassed> {
        let awaited = || format!("request number {count}");
        self.wait(within, awaited, |ledger| {
            (ledger.counts.received >= count).then(|| ledger.kept.iter().cloned().collect())
        })
        .await
    }

    pub(crate) async fn wait_for_outcome(
        &self,
        index: usize,
        within: Duration,
    ) -> Result<Outcome, DeadlinePassed> {
        let awaited = || format!("the end of request {index}");
        self.wait(within, awaited, |ledger| {
            ledger
                .find(index)
                .map(|request| request.outcome)
                .filter(|it| it.is_final())
        })
        .await
    }

    async fn wait<T>(
        &self,
        within: Duration,
        awaited: impl Fn() -> String + Send,
        find: impl Fn(&Ledger) -> Option<T> + Send,
    ) -> Result<T, DeadlinePassed> {
        let mut changes = self.ledger.subscribe();
        let mut found = None;
        let condition = changes.wait_for(|ledger| {
            found = find(ledger);
            found.is_some()
        });
        // Whether the condition held in time shows in `found`.
        drop(tokio::time::timeout(within, condition).await);
        found.ok_or_else(|| DeadlinePassed {
            awaited: awaited(),
            within,
            counts: self.counts(),
        })
    }

    fn close(&self, epoch: u64, index: usize, outcome: Outcome, chunks_sent: usize) {
        self.ledger.send_modify(|ledger| {
            if ledger.epoch != epoch {
                return;
            }
            ledger.counts.end(outcome);
            if let Some(request) = ledger.find_mut(index) {
                request.outcome = outcome;
                request.chunks_sent = chunks_sent;
            }
        });
    }
}

impl Ledger {
    fn find(&self, index: usize) -> Option<&RecordedRequest> {
        self.kept.get(self.place(index)?)
    }

    fn find_mut(&mut self, index: usize) -> Option<&mut RecordedRequest> {
        let place = self.place(index)?;
        self.kept.get_mut(place)
    }

    fn place(&self, index: usize) -> Option<usize> {
        index.checked_sub(self.kept.front()?.index)
    }
}
