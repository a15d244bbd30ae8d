use std::pin::Pin;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_core::Stream;

use super::RepositoryError;
use crate::ids::ReplyId;
use crate::reply::{Lease, LoggedEvent};

/// Events to append to one reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appending {
    /// The writer's right.
    pub lease: Lease,
    /// At least one event, numbered in a row behind the reply's last.
    pub events: Vec<LoggedEvent>,
}

/// What came of one reply's part of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppendOutcome {
    /// All its events are in the log.
    Appended,
    /// None is: the lease is void.
    Fenced,
}

/// Says that a reply's log may have grown. Only a hint: rings get lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ring {
    /// The reply.
    pub reply_id: ReplyId,
    /// The number of its last event by then.
    pub last_sequence: i64,
}

/// Rings of the store, from every process.
pub type Doorbell = Pin<Box<dyn Stream<Item = Ring> + Send>>;

/// The ordered, fenced log from which every reader of a reply is served.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ReplyEventLog: Send + Sync {
    /// Appends to several replies at once and answers for each in the same order.
    ///
    /// One fenced reply MUST NOT keep the others from being appended. A reply's events go in all
    /// or nothing. Repeating an append after an unknown outcome MUST answer `Appended` again and
    /// add nothing.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails; the outcome of the whole batch is then unknown.
    async fn append(&self, batch: &[Appending]) -> Result<Vec<AppendOutcome>, RepositoryError>;

    /// The events of a reply behind the number `after`, in order, all or the first `max`; from the
    /// first when none is given.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn read(
        &self,
        reply_id: ReplyId,
        after: Option<i64>,
        max: u32,
    ) -> Result<Vec<LoggedEvent>, RepositoryError>;

    /// Removes the events of at most `max` replies that ended before that time and says of how
    /// many. Their rows stay whole; the log of a running reply MUST NOT be touched.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn trim(&self, ended_before: DateTime<Utc>, max: u32) -> Result<u64, RepositoryError>;

    /// Listens for changes that others make: ends of replies by cancellation at least.
    fn doorbell(&self) -> Doorbell;
}
