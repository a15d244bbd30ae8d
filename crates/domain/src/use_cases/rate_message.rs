use std::sync::Arc;

use thiserror::Error;

use super::{AccessError, audience_of, find_visible_ticket};
use crate::ids::{MessageId, TicketId};
use crate::message::{Author, Feedback, FeedbackComment, Rating};
use crate::ports::{Clock, MessageRepository, RepositoryError, TicketRepository};
use crate::user::Actor;

/// Why a message was not rated.
#[derive(Debug, Error)]
pub enum RateMessageError {
    /// There is no such ticket or message on it, or it is somebody else's: callers cannot tell
    /// which.
    #[error("there is no such message")]
    NotFound,
    /// Answers are rated by who got them.
    #[error("only the ticket's owner rates its answers")]
    NotTheOwner,
    /// People's messages are not rated.
    #[error("only answers of the assistant are rated")]
    NotAnAnswer,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl From<AccessError> for RateMessageError {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::NotFound => Self::NotFound,
            AccessError::Repository(error) => Self::Repository(error),
        }
    }
}

/// Takes a customer's judgement of an answer of the assistant.
pub struct RateMessage {
    tickets: Arc<dyn TicketRepository>,
    messages: Arc<dyn MessageRepository>,
    clock: Arc<dyn Clock>,
}

impl RateMessage {
    /// Wires the use case.
    pub fn new(
        tickets: Arc<dyn TicketRepository>,
        messages: Arc<dyn MessageRepository>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            tickets,
            messages,
            clock,
        }
    }

    /// Stores the judgement over an earlier one. The ticket's version stays: nothing of the
    /// conversation changed.
    ///
    /// # Errors
    /// [`RateMessageError`] when the message is none of the assistant's answers to the actor.
    pub async fn execute(
        &self,
        actor: Actor,
        ticket_id: TicketId,
        message_id: MessageId,
        (rating, comment): (Rating, Option<FeedbackComment>),
    ) -> Result<Feedback, RateMessageError> {
        let ticket = find_visible_ticket(self.tickets.as_ref(), actor, ticket_id).await?;
        if ticket.user_id != actor.id {
            return Err(RateMessageError::NotTheOwner);
        }
        let message = self
            .messages
            .find(message_id)
            .await?
            .filter(|message| message.ticket_id == ticket_id)
            .filter(|message| audience_of(actor).may_read(message.visibility))
            .ok_or(RateMessageError::NotFound)?;
        if message.author != Author::Assistant {
            return Err(RateMessageError::NotAnAnswer);
        }
        let feedback = Feedback {
            rating,
            comment,
            updated_at: self.clock.now(),
        };
        if self.messages.rate(message_id, &feedback).await? {
            Ok(feedback)
        } else {
            Err(RateMessageError::NotFound)
        }
    }
}
