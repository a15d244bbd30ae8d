use std::sync::Arc;

use thiserror::Error;

use crate::page::{Page, PageLimit};
use crate::ports::{RepositoryError, TicketRepository};
use crate::ticket::{Ticket, TicketCursor, TicketFilter};
use crate::user::Actor;

/// Why no tickets are listed.
#[derive(Debug, Error)]
pub enum ListTicketsError {
    /// Customers list their own tickets only.
    #[error("only staff list other people's tickets")]
    Forbidden,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Lists tickets: customers their own, staff everybody's.
pub struct ListTickets {
    tickets: Arc<dyn TicketRepository>,
}

impl ListTickets {
    /// Wires the use case.
    pub fn new(tickets: Arc<dyn TicketRepository>) -> Self {
        Self { tickets }
    }

    /// A page of tickets, newest first.
    ///
    /// # Errors
    /// [`ListTicketsError::Forbidden`] when a customer asks for somebody else's.
    pub async fn execute(
        &self,
        actor: Actor,
        mut filter: TicketFilter,
        after: Option<TicketCursor>,
        limit: PageLimit,
    ) -> Result<Page<Ticket, TicketCursor>, ListTicketsError> {
        if !actor.role.is_staff() {
            if filter.user_id.is_some_and(|wanted| wanted != actor.id) {
                return Err(ListTicketsError::Forbidden);
            }
            filter.user_id = Some(actor.id);
        }
        Ok(self.tickets.list(filter, after, limit).await?)
    }
}
