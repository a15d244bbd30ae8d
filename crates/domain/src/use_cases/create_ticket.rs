use std::sync::Arc;

use crate::ids::TicketId;
use crate::ports::{Clock, IdGenerator, RepositoryError, TicketRepository};
use crate::ticket::{NewTicket, Ticket};
use crate::user::Actor;

/// Opens a ticket for whoever asks.
pub struct CreateTicket {
    tickets: Arc<dyn TicketRepository>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
}

impl CreateTicket {
    /// Wires the use case.
    pub fn new(
        tickets: Arc<dyn TicketRepository>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGenerator>,
    ) -> Self {
        Self {
            tickets,
            clock,
            ids,
        }
    }

    /// Opens the ticket.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    pub async fn execute(&self, actor: Actor, new: NewTicket) -> Result<Ticket, RepositoryError> {
        let id = TicketId::from_uuid(self.ids.generate());
        let ticket = Ticket::open(id, actor.id, new, self.clock.now());
        self.tickets.insert(&ticket).await?;
        Ok(ticket)
    }
}
