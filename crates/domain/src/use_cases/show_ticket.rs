use std::sync::Arc;

use super::{AccessError, audience_of, find_visible_ticket};
use crate::ids::TicketId;
use crate::message::Message;
use crate::page::{Page, PageLimit};
use crate::ports::{MessageRepository, TicketRepository};
use crate::ticket::Ticket;
use crate::user::Actor;

/// A ticket with the beginning of its conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketView {
    /// The ticket.
    pub ticket: Ticket,
    /// Its first messages, oldest first.
    pub messages: Page<Message, i64>,
}

/// Shows one ticket.
pub struct ShowTicket {
    tickets: Arc<dyn TicketRepository>,
    messages: Arc<dyn MessageRepository>,
}

impl ShowTicket {
    /// Wires the use case.
    pub fn new(tickets: Arc<dyn TicketRepository>, messages: Arc<dyn MessageRepository>) -> Self {
        Self { tickets, messages }
    }

    /// The ticket with up to 100 messages.
    ///
    /// # Errors
    /// [`AccessError::NotFound`] for a missing ticket and for another customer's alike.
    pub async fn execute(&self, actor: Actor, id: TicketId) -> Result<TicketView, AccessError> {
        let ticket = find_visible_ticket(self.tickets.as_ref(), actor, id).await?;
        let messages = self
            .messages
            .list(id, audience_of(actor), None, PageLimit::MAX)
            .await?;
        Ok(TicketView { ticket, messages })
    }
}
