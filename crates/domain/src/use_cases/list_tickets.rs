use std::sync::Arc;

use thiserror::Error;

use crate::page::{Page, PageLimit};
use crate::ports::{RepositoryError, TicketRepository};
use crate::ticket::{Ticket, TicketFilter, TicketOrder};
use crate::user::Actor;

/// Why no tickets are listed.
#[derive(Debug, Error)]
pub enum ListTicketsError {
    /// Customers list their own tickets only.
    #[error("only staff list other people's tickets")]
    Forbidden,
    /// Who is in charge of what is no customer's business.
    #[error("only staff list tickets by assignee")]
    AssigneeIsForStaff,
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

    /// A page of tickets, in this order and from its place on.
    ///
    /// # Errors
    /// [`ListTicketsError`] when a customer asks for somebody else's, or by assignee.
    pub async fn execute(
        &self,
        actor: Actor,
        mut filter: TicketFilter,
        order: TicketOrder,
        limit: PageLimit,
    ) -> Result<Page<Ticket, TicketOrder>, ListTicketsError> {
        if !actor.role.is_staff() {
            if filter.user_id.is_some_and(|wanted| wanted != actor.id) {
                return Err(ListTicketsError::Forbidden);
            }
            if filter.assignee.is_some() {
                return Err(ListTicketsError::AssigneeIsForStaff);
            }
            filter.user_id = Some(actor.id);
        }
        Ok(self.tickets.list(&filter, order, limit).await?)
    }
}
