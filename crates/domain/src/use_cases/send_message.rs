use std::sync::Arc;

use thiserror::Error;

use super::idempotency::RequestKeys;
use super::{AccessError, find_visible_ticket};
use crate::handoff::HandoffReason;
use crate::idempotency::{KeyReused, KeyedRequest, Made};
use crate::ids::{MessageId, TicketId};
use crate::message::{Author, Message, MessageText, NewMessage, Visibility};
use crate::ports::{
    AppendMessageError, Clock, HandoffTally, IdGenerator, IdempotencyStore, KeyedWrite,
    MessageRepository, OpaqueTokens, RepositoryError, TicketRepository,
};
use crate::ticket::TicketRefusal;
use crate::user::Actor;

/// What somebody wants to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The words.
    pub text: MessageText,
    /// For whose eyes.
    pub visibility: Visibility,
}

/// Why a message was not taken.
#[derive(Debug, Error)]
pub enum SendMessageError {
    /// There is no such ticket, or it is somebody else's: callers cannot tell which.
    #[error("there is no such ticket")]
    NotFound,
    /// Only staff write internal notes, and only where they are not the customer.
    #[error("only staff write internal notes")]
    InternalNotesAreForStaff,
    /// The key was used for another request.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// The ticket does not take it.
    #[error(transparent)]
    Refused(TicketRefusal),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
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

/// What [`SendMessage`] works with.
pub struct SendMessageParts {
    /// Tickets.
    pub tickets: Arc<dyn TicketRepository>,
    /// Their messages.
    pub messages: Arc<dyn MessageRepository>,
    /// Messages of requests that carry a key.
    pub keyed: Arc<dyn IdempotencyStore>,
    /// Tells requests apart.
    pub digests: Arc<dyn OpaqueTokens>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Names messages.
    pub ids: Arc<dyn IdGenerator>,
    /// Hears of tickets that staff answer themselves.
    pub tally: Arc<dyn HandoffTally>,
}

/// Adds a person's message to a ticket.
pub struct SendMessage {
    tickets: Arc<dyn TicketRepository>,
    messages: Arc<dyn MessageRepository>,
    keys: RequestKeys,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
    tally: Arc<dyn HandoffTally>,
}

impl SendMessage {
    /// Wires the use case.
    pub fn new(parts: SendMessageParts) -> Self {
        Self {
            tickets: parts.tickets,
            messages: parts.messages,
            keys: RequestKeys::new(parts.keyed, parts.digests),
            clock: parts.clock,
            ids: parts.ids,
            tally: parts.tally,
        }
    }

    /// Stores the message; with a key, once. The ticket's owner writes as its customer, whatever
    /// their role.
    ///
    /// # Errors
    /// [`SendMessageError`] when the ticket is not the actor's to write on, or takes no message.
    pub async fn execute(
        &self,
        actor: Actor,
        ticket_id: TicketId,
        draft: Draft,
        keyed: Option<KeyedRequest>,
    ) -> Result<Made<Message>, SendMessageError> {
        let ticket = find_visible_ticket(self.tickets.as_ref(), actor, ticket_id).await?;
        let author = if ticket.user_id == actor.id {
            Author::Customer(actor.id)
        } else {
            Author::Agent(actor.id)
        };
        if draft.visibility == Visibility::Internal && !matches!(author, Author::Agent(_)) {
            return Err(SendMessageError::InternalNotesAreForStaff);
        }
        let hands_off = ticket.assistant_enabled
            && draft.visibility == Visibility::Public
            && matches!(author, Author::Agent(_));
        let now = self.clock.now();
        let message = NewMessage {
            id: MessageId::from_uuid(self.ids.generate()),
            ticket_id,
            author,
            text: draft.text,
            visibility: draft.visibility,
            created_at: now,
        };
        let made = self.store(actor, message, keyed).await?;
        if hands_off && matches!(made, Made::Now(_)) {
            self.tally.handed_off(HandoffReason::Agent);
        }
        Ok(made)
    }

    async fn store(
        &self,
        actor: Actor,
        message: NewMessage,
        keyed: Option<KeyedRequest>,
    ) -> Result<Made<Message>, SendMessageError> {
        let Some(keyed) = keyed else {
            return Ok(Made::Now(self.messages.append(message).await?));
        };
        let now = message.created_at;
        let record = self.keys.record(actor, keyed, now);
        match self.keys.store.append_message(&record, message).await? {
            KeyedWrite::Done(message) => Ok(Made::Now(message)),
            KeyedWrite::Repeated(id, _) => {
                let message = self.messages.find(id).await?;
                message.map(Made::Before).ok_or(SendMessageError::NotFound)
            }
            KeyedWrite::KeyReused => Err(KeyReused.into()),
        }
    }
}
