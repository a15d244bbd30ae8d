use std::sync::Arc;
use std::time::Duration;

use domain::ids::TicketId;
use domain::ports::{RepositoryError, TicketRepository};
use domain::use_cases::{AccessError, Authenticated, Reader, find_visible_ticket};
use thiserror::Error;

use crate::engine::{OpenError, Opening, ReplyEngine};
use crate::frame::Cursor;

/// Why a reply is not streamed.
#[derive(Debug, Error)]
pub enum StreamReplyError {
    /// There is no such ticket, or it is somebody else's: callers cannot tell which.
    #[error("there is no such ticket")]
    NotFound,
    /// An answer would have to be generated, but the assistant is off for this ticket.
    #[error("the assistant is off for this ticket")]
    AssistantOff,
    /// An answer would have to be generated, but the owner's limits are reached.
    #[error("too many replies")]
    OverLimit {
        /// When it is worth asking again.
        retry_after: Duration,
    },
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl From<AccessError> for StreamReplyError {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::NotFound => Self::NotFound,
            AccessError::Repository(error) => Self::Repository(error),
        }
    }
}

impl From<OpenError> for StreamReplyError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::AssistantOff => Self::AssistantOff,
            OpenError::OverLimit { retry_after } => Self::OverLimit { retry_after },
            OpenError::Repository(error) => Self::Repository(error),
        }
    }
}

/// Streams the answer to a ticket's newest question, generating it if there is none.
pub struct StreamReply {
    tickets: Arc<dyn TicketRepository>,
    engine: ReplyEngine,
}

impl StreamReply {
    /// Wires the use case.
    pub fn new(tickets: Arc<dyn TicketRepository>, engine: ReplyEngine) -> Self {
        Self { tickets, engine }
    }

    /// Opens a reading, and says for whom.
    ///
    /// # Errors
    /// [`StreamReplyError`] when the ticket is not the actor's to read, or no answer may be
    /// generated.
    pub async fn execute(
        &self,
        Authenticated { actor, session }: Authenticated,
        ticket_id: TicketId,
        cursor: Option<Cursor>,
    ) -> Result<(Reader, Opening), StreamReplyError> {
        let ticket = find_visible_ticket(self.tickets.as_ref(), actor, ticket_id).await?;
        let reader = Reader {
            session,
            owner: ticket.user_id,
        };
        Ok((reader, self.engine.open(ticket_id, cursor).await?))
    }
}
