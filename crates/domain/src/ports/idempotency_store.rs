use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{AppendMessageError, RepositoryError};
use crate::idempotency::IdempotencyRecord;
use crate::ids::{MessageId, TicketId};
use crate::message::{Message, NewMessage};
use crate::stream_token::TokenDigest;
use crate::ticket::Ticket;

/// What became of a keyed write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyedWrite<T, I> {
    /// It was done, and its key is remembered.
    Done(T),
    /// The same request had done it before: what it made, and when it came.
    Repeated(I, DateTime<Utc>),
    /// The key was used for another request; nothing was done.
    KeyReused,
}

/// What a key was used for, as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedKey {
    /// Of the request.
    pub fingerprint: TokenDigest,
    /// The id of what it made.
    pub made: Uuid,
    /// When it came.
    pub at: DateTime<Utc>,
}

impl UsedKey {
    /// What whoever comes with the key now is told.
    pub fn answer<T, I>(
        self,
        record: &IdempotencyRecord,
        id: impl FnOnce(Uuid) -> I,
    ) -> KeyedWrite<T, I> {
        if self.fingerprint == record.fingerprint {
            KeyedWrite::Repeated(id(self.made), self.at)
        } else {
            KeyedWrite::KeyReused
        }
    }
}

/// Writes that are done once for each key.
///
/// The key and what it was used for MUST be stored in one transaction: a write that fails or is
/// refused leaves no key behind. Of any number of writes with one key at once exactly one MUST be
/// done; the others wait for it, and are repetitions of it. A record that is older than
/// [`IdempotencyRecord::LIFETIME`] MUST count as none.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait IdempotencyStore: Send + Sync {
    /// Stores a new ticket like [`TicketRepository::insert`](super::TicketRepository::insert).
    ///
    /// # Errors
    /// [`RepositoryError::Conflict`] for an id that exists.
    async fn insert_ticket(
        &self,
        record: &IdempotencyRecord,
        ticket: &Ticket,
    ) -> Result<KeyedWrite<(), TicketId>, RepositoryError>;

    /// Stores a message like [`MessageRepository::append`](super::MessageRepository::append). A
    /// repetition MUST be known as one even where the ticket would take no message any more.
    ///
    /// # Errors
    /// [`AppendMessageError`] when the ticket does not take it.
    async fn append_message(
        &self,
        record: &IdempotencyRecord,
        message: NewMessage,
    ) -> Result<KeyedWrite<Message, MessageId>, AppendMessageError>;

    /// Removes at most so many records that are too old by then, and says how many.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn remove_expired(&self, at: DateTime<Utc>, max: u32) -> Result<u64, RepositoryError>;
}
