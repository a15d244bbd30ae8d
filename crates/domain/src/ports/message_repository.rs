use async_trait::async_trait;
use thiserror::Error;

use super::RepositoryError;
use crate::ids::{MessageId, TicketId};
use crate::message::{Audience, Feedback, Message, NewMessage};
use crate::page::{Page, PageLimit};
use crate::ticket::{Ticket, TicketRefusal};

/// Why a message was not stored.
#[derive(Debug, Error)]
pub enum AppendMessageError {
    /// There is no such ticket.
    #[error("there is no such ticket")]
    NotFound,
    /// The ticket's own rules forbid it.
    #[error(transparent)]
    Refused(#[from] TicketRefusal),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// A ticket with the beginning of its conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedTicket {
    /// The ticket.
    pub ticket: Ticket,
    /// Its first messages, oldest first.
    pub messages: Page<Message, i64>,
}

/// Keeps the messages of tickets.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait MessageRepository: Send + Sync {
    /// Locks the ticket, lets it [`receive`](crate::ticket::Ticket::receive) the message, stores
    /// both and carries out the [`Effect`](crate::ticket::Effect) on a running reply, all or
    /// nothing. Positions MUST rise by one from 1 without gaps, however many write at once.
    ///
    /// # Errors
    /// [`AppendMessageError`]; a duplicate id is a [`RepositoryError::Conflict`] and leaves
    /// nothing behind.
    async fn append(&self, message: NewMessage) -> Result<Message, AppendMessageError>;

    /// A page of a ticket's messages, oldest first, behind the position `after`. Internal notes
    /// MUST be shown to [`Audience::Staff`] only. An unknown ticket has no messages.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn list(
        &self,
        ticket_id: TicketId,
        audience: Audience,
        after: Option<i64>,
        limit: PageLimit,
    ) -> Result<Page<Message, i64>, RepositoryError>;

    /// The ticket of that id with the first page of its messages, as [`list`](Self::list) gives it.
    /// None when there is no such ticket.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn open(
        &self,
        ticket_id: TicketId,
        audience: Audience,
        limit: PageLimit,
    ) -> Result<Option<OpenedTicket>, RepositoryError>;

    /// The newest `limit` public messages of a ticket, oldest first.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn newest_public(
        &self,
        ticket_id: TicketId,
        limit: PageLimit,
    ) -> Result<Vec<Message>, RepositoryError>;

    /// The message of that id, with the feedback on it, as the lists show it.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn find(&self, id: MessageId) -> Result<Option<Message>, RepositoryError>;

    /// Keeps feedback on a message; later feedback MUST replace earlier. False when there is no
    /// such message.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn rate(&self, id: MessageId, feedback: &Feedback) -> Result<bool, RepositoryError>;
}
