use std::sync::Arc;

use domain::ids::TicketId;
use domain::ports::TicketRepository;
use domain::reply::Reply;
use domain::use_cases::{AccessError, find_visible_ticket};
use domain::user::Actor;

use crate::engine::ReplyEngine;

/// Shows the answer to a ticket's newest question as it stands.
pub struct ShowReply {
    tickets: Arc<dyn TicketRepository>,
    engine: ReplyEngine,
}

impl ShowReply {
    /// Wires the use case.
    pub fn new(tickets: Arc<dyn TicketRepository>, engine: ReplyEngine) -> Self {
        Self { tickets, engine }
    }

    /// The reply with its text so far, none when nothing was generated. It never generates.
    ///
    /// # Errors
    /// [`AccessError::NotFound`] for a missing ticket and for another customer's alike.
    pub async fn execute(
        &self,
        actor: Actor,
        ticket_id: TicketId,
    ) -> Result<Option<Reply>, AccessError> {
        find_visible_ticket(self.tickets.as_ref(), actor, ticket_id).await?;
        Ok(self.engine.current(ticket_id).await?)
    }
}
