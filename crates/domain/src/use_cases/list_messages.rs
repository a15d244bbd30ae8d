use std::sync::Arc;

use super::{AccessError, audience_of, find_visible_ticket};
use crate::ids::TicketId;
use crate::message::Message;
use crate::page::{Page, PageLimit};
use crate::ports::{MessageRepository, TicketRepository};
use crate::user::Actor;

/// Lists a ticket's messages.
pub struct ListMessages {
    tickets: Arc<dyn TicketRepository>,
    messages: Arc<dyn MessageRepository>,
}

impl ListMessages {
    /// Wires the use case.
    pub fn new(tickets: Arc<dyn TicketRepository>, messages: Arc<dyn MessageRepository>) -> Self {
        Self { tickets, messages }
    }

    /// A page of messages, oldest first, behind the position `after`. Customers see no internal
    /// notes.
    ///
    /// # Errors
    /// [`AccessError::NotFound`] for a missing ticket and for another customer's alike.
    pub async fn execute(
        &self,
        actor: Actor,
        ticket_id: TicketId,
        after: Option<i64>,
        limit: PageLimit,
    ) -> Result<Page<Message, i64>, AccessError> {
        find_visible_ticket(self.tickets.as_ref(), actor, ticket_id).await?;
        Ok(self
            .messages
            .list(ticket_id, audience_of(actor), after, limit)
            .await?)
    }
}
