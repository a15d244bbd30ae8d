use std::sync::Arc;

use domain::ids::TicketId;
use domain::ports::TicketRepository;
use domain::reply::{CancelledBy, Reply};
use domain::use_cases::{AccessError, find_visible_ticket};
use domain::user::Actor;

use crate::engine::ReplyEngine;

/// Stops the answer to a ticket's newest question.
pub struct CancelReply {
    tickets: Arc<dyn TicketRepository>,
    engine: ReplyEngine,
}

impl CancelReply {
    /// Wires the use case.
    pub fn new(tickets: Arc<dyn TicketRepository>, engine: ReplyEngine) -> Self {
        Self { tickets, engine }
    }

    /// Cancels the reply if it runs, in whatever process, and shows it with its text so far; none
    /// when nothing was generated. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`AccessError::NotFound`] for a missing ticket and for another customer's alike.
    pub async fn execute(
        &self,
        actor: Actor,
        ticket_id: TicketId,
    ) -> Result<Option<Reply>, AccessError> {
        let ticket = find_visible_ticket(self.tickets.as_ref(), actor, ticket_id).await?;
        let by = if actor.id == ticket.user_id {
            CancelledBy::Customer
        } else {
            CancelledBy::Agent
        };
        Ok(self.engine.cancel(ticket_id, by).await?)
    }
}
