use std::sync::Arc;

use super::{AccessError, audience_of};
use crate::ids::TicketId;
use crate::page::PageLimit;
use crate::ports::{MessageRepository, OpenedTicket};
use crate::user::Actor;

/// Shows one ticket.
pub struct ShowTicket {
    messages: Arc<dyn MessageRepository>,
}

impl ShowTicket {
    /// Wires the use case.
    pub fn new(messages: Arc<dyn MessageRepository>) -> Self {
        Self { messages }
    }

    /// The ticket with up to 100 messages.
    ///
    /// # Errors
    /// [`AccessError::NotFound`] for a missing ticket and for another customer's alike.
    pub async fn execute(&self, actor: Actor, id: TicketId) -> Result<OpenedTicket, AccessError> {
        let audience = audience_of(actor);
        let opened = self.messages.open(id, audience, PageLimit::MAX).await?;
        opened
            .filter(|opened| actor.may_see(opened.ticket.user_id))
            .ok_or(AccessError::NotFound)
    }
}
