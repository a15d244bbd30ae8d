//! What is counted and timed of the database. Where no recorder is installed, nothing is.

use std::time::{Duration, Instant};

use domain::ports::RepositoryError;
use metrics::{counter, gauge, histogram};

use crate::connection::Pool;

/// The store's name among what is measured.
const STORE: &str = "sqlite";

/// A connection was waited for.
pub(crate) fn waited(waited: Duration) {
    histogram!("support_assistant_database_wait_seconds", "store" => STORE).record(waited);
}

/// Connections were lent or came back.
pub(crate) fn connections(pools: [&Pool; 2]) {
    let statuses = pools.map(Pool::status);
    let all: usize = statuses.iter().map(|status| status.size).sum();
    let idle: usize = statuses.iter().map(|status| status.available).sum();
    for (state, connections) in [("idle", idle), ("busy", all.saturating_sub(idle))] {
        gauge!("support_assistant_database_connections", "store" => STORE, "state" => state)
            .set(u32::try_from(connections).unwrap_or(u32::MAX));
    }
}

/// Does a unit of work, and says how long it took.
pub(crate) fn timed<R>(kind: &'static str, work: impl FnOnce() -> R) -> R {
    let begun = Instant::now();
    let done = work();
    histogram!("support_assistant_database_work_seconds", "store" => STORE, "kind" => kind)
        .record(begun.elapsed());
    done
}

/// What the caller is told of a failure.
pub(crate) fn told(error: RepositoryError) -> RepositoryError {
    if matches!(error, RepositoryError::Unavailable(_)) {
        counter!("support_assistant_database_unavailable_total", "store" => STORE).increment(1);
    }
    error
}
