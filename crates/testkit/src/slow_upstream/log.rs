use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Something that a test waited for did not happen in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeadlinePassed;

/// What the upstream has seen.
#[derive(Debug)]
pub(super) struct Log {
    requests: Mutex<Vec<String>>,
    /// A permit for every client that left early.
    departures: Semaphore,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            requests: Mutex::default(),
            departures: Semaphore::new(0),
        }
    }
}

impl Log {
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn record(&self, request: String) {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(request);
    }

    pub(super) fn record_departure(&self) {
        self.departures.add_permits(1);
    }

    pub(super) async fn client_left(&self, within: Duration) -> Result<(), DeadlinePassed> {
        match timeout(within, self.departures.acquire()).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(DeadlinePassed),
        }
    }
}
