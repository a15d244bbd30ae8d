use std::sync::Arc;

use thiserror::Error;

use super::{AccessError, find_visible_ticket};
use crate::ids::{MessageId, TicketId};
use crate::message::{Author, Message, MessageText, NewMessage, Visibility};
use crate::ports::{
    AppendMessageError, Clock, IdGenerator, MessageRepository, RepositoryError, TicketRepository,
};
use crate::ticket::TicketRefusal;
use crate::user::Actor;

/// Why a message was not taken.
#[derive(Debug, Error)]
pub enum SendMessageError {
    /// There is no such ticket, or it is somebody else's: callers cannot tell which.
    #[error("there is no such ticket")]
    NotFound,
    /// Only staff write internal notes, and only where they are not the customer.
    #[error("only staff write internal notes")]
    InternalNotesAreForStaff,
    /// The ticket does not take it.
    #[error(transparent)]
    Refused(TicketRefusal),
    /// The store failed.
    #[error(transparent)]
    Repository(RepositoryError),
}

impl From<AccessError> for SendMessageError {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::NotFound => Self::NotFound,
            AccessError::Repository(error) => Self::Repository(error),
        }
    }
}

impl From<AppendMessageError> for SendMessageError {
    fn from(error: AppendMessageError) -> Self {
        match error {
            AppendMessageError::NotFound => Self::NotFound,
            AppendMessageError::Refused(refusal) => Self::Refused(refusal),
            AppendMessageError::Repository(error) => Self::Repository(error),
        }
    }
}

/// Adds a person's message to a ticket.
pub struct SendMessage {
    tickets: Arc<dyn TicketRepository>,
    messages: Arc<dyn MessageRepository>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
}

impl SendMessage {
    /// Wires the use case.
    pub fn new(
        tickets: Arc<dyn TicketRepository>,
        messages: Arc<dyn MessageRepository>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGenerator>,
    ) -> Self {
        Self {
            tickets,
            messages,
            clock,
            ids,
        }
    }

    /// Stores the message. The ticket's owner writes as its customer, whatever their role.
    ///
    /// # Errors
    /// [`SendMessageError`] when the ticket is not the actor's to write on, or takes no message.
    pub async fn execute(
        &self,
        actor: Actor,
        ticket_id: TicketId,
        text: MessageText,
        visibility: Visibility,
    ) -> Result<Message, SendMessageError> {
        let ticket = find_visible_ticket(self.tickets.as_ref(), actor, ticket_id).await?;
        let author = if ticket.user_id == actor.id {
            Author::Customer(actor.id)
        } else {
            Author::Agent(actor.id)
        };
        if visibility == Visibility::Internal && !matches!(author, Author::Agent(_)) {
            return Err(SendMessageError::InternalNotesAreForStaff);
        }
        let message = NewMessage {
            id: MessageId::from_uuid(self.ids.generate()),
            ticket_id,
            author,
            text,
            visibility,
            created_at: self.clock.now(),
        };
        Ok(self.messages.append(message).await?)
    }
}
