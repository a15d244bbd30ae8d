use async_trait::async_trait;
use chrono::{DateTime, Utc};
use thiserror::Error;

use super::RepositoryError;
use crate::ids::TicketId;
use crate::page::{Page, PageLimit};
use crate::ticket::{Ticket, TicketChange, TicketFilter, TicketOrder, TicketRefusal};

/// Why a ticket could not be changed.
#[derive(Debug, Error)]
pub enum ChangeTicketError {
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

/// Keeps tickets.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait TicketRepository: Send + Sync {
    /// Stores a new ticket.
    ///
    /// # Errors
    /// [`RepositoryError::Conflict`] for an id that exists; nothing is left behind.
    async fn insert(&self, ticket: &Ticket) -> Result<(), RepositoryError>;

    /// The ticket of that id. Every field MUST come back as it was stored.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn find(&self, id: TicketId) -> Result<Option<Ticket>, RepositoryError>;

    /// A page of the tickets that fit the filter, in this order and from its place on; the page's
    /// `next` is the place behind it. The order MUST be total (the time or the score, then the
    /// id), so that pages neither repeat nor skip a ticket while others are added or changed.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn list(
        &self,
        filter: &TicketFilter,
        order: TicketOrder,
        limit: PageLimit,
    ) -> Result<Page<Ticket, TicketOrder>, RepositoryError>;

    /// Locks the ticket, applies [`Ticket::apply`], stores the result and carries out its
    /// [`Effect`](crate::ticket::Effect) on a running reply, all or nothing. Concurrent changes
    /// MUST all be kept.
    ///
    /// # Errors
    /// [`ChangeTicketError`] when there is no such ticket, its rules forbid it or the store fails.
    async fn change(
        &self,
        id: TicketId,
        change: TicketChange,
        at: DateTime<Utc>,
    ) -> Result<Ticket, ChangeTicketError>;
}
