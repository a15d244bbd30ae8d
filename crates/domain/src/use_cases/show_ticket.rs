use std::sync::Arc;

use super::{AccessError, audience_of};
use crate::ids::TicketId;
use crate::message::Message;
use crate::page::{Page, PageLimit};
use crate::ports::MessageRepository;
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
    pub async fn execute(&self, actor: Actor, id: TicketId) -> Result<TicketView, AccessError> {
        let audience = audience_of(actor);
        let found = self.messages.open(id, audience, PageLimit::MAX).await?;
        found
            .filter(|(ticket, _)| actor.may_see(ticket.user_id))
            .map(|(ticket, messages)| TicketView { ticket, messages })
            .ok_or(AccessError::NotFound)
    }
}
