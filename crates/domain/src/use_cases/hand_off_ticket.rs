use std::sync::Arc;

use thiserror::Error;

use super::{AccessError, find_visible_ticket};
use crate::ids::TicketId;
use crate::ports::{ChangeTicketError, Clock, HandoffTally, RepositoryError, TicketRepository};
use crate::ticket::{Ticket, TicketChange, TicketRefusal};
use crate::user::Actor;

/// Why a ticket was not handed off.
#[derive(Debug, Error)]
pub enum HandOffError {
    /// There is no such ticket, or it is somebody else's: callers cannot tell which.
    #[error("there is no such ticket")]
    NotFound,
    /// The ticket does not allow it.
    #[error(transparent)]
    Refused(TicketRefusal),
    /// The store failed.
    #[error(transparent)]
    Repository(RepositoryError),
}

impl From<AccessError> for HandOffError {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::NotFound => Self::NotFound,
            AccessError::Repository(error) => Self::Repository(error),
        }
    }
}

impl From<ChangeTicketError> for HandOffError {
    fn from(error: ChangeTicketError) -> Self {
        match error {
            ChangeTicketError::NotFound => Self::NotFound,
            ChangeTicketError::Refused(refusal) => Self::Refused(refusal),
            ChangeTicketError::Repository(error) => Self::Repository(error),
        }
    }
}

/// Switches the assistant off for a ticket, so that people answer it.
pub struct HandOffTicket {
    tickets: Arc<dyn TicketRepository>,
    clock: Arc<dyn Clock>,
    tally: Arc<dyn HandoffTally>,
}

impl HandOffTicket {
    /// Wires the use case.
    pub fn new(tickets: Arc<dyn TicketRepository>, clock: Arc<dyn Clock>) -> Self {
        Self {
            tickets,
            clock,
            tally: Arc::new(()),
        }
    }

    /// Tells of what it hands off.
    #[must_use]
    pub fn with_tally(self, tally: Arc<dyn HandoffTally>) -> Self {
        Self { tally, ..self }
    }

    /// Hands the ticket off and cancels a reply that is still running. Repeating it changes
    /// nothing.
    ///
    /// # Errors
    /// [`HandOffError::NotFound`] for a missing ticket and for another customer's alike.
    pub async fn execute(&self, actor: Actor, id: TicketId) -> Result<Ticket, HandOffError> {
        let before = find_visible_ticket(self.tickets.as_ref(), actor, id).await?;
        let change = TicketChange::HandOff { by: actor.id };
        let ticket = self.tickets.change(id, change, self.clock.now()).await?;
        if let Some(reason) = ticket.handed_off_since(&before) {
            self.tally.handed_off(reason);
        }
        Ok(ticket)
    }
}
