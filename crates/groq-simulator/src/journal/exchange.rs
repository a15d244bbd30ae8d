use std::sync::Arc;

use crate::journal::{Journal, Outcome};

/// A request that is being answered. Dropped before it is finished, it is noted as left by its
/// client: the server drops a response of which nobody reads the rest.
#[derive(Debug)]
pub(crate) struct Exchange {
    journal: Arc<Journal>,
    epoch: u64,
    index: usize,
    chunks_sent: usize,
    finished: bool,
}

impl Exchange {
    pub(super) fn new(journal: Arc<Journal>, epoch: u64, index: usize) -> Self {
        Self {
            journal,
            epoch,
            index,
            chunks_sent: 0,
            finished: false,
        }
    }

    pub(crate) fn chunk_sent(&mut self) {
        self.chunks_sent += 1;
    }

    pub(crate) fn finish(&mut self, outcome: Outcome) {
        if !self.finished {
            self.finished = true;
            self.journal
                .close(self.epoch, self.index, outcome, self.chunks_sent);
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.finish(Outcome::ClientLeft);
    }
}
