use std::sync::Arc;

use thiserror::Error;

use super::{AccessError, Authenticated, find_visible_ticket};
use crate::ids::TicketId;
use crate::ports::{
    BoxError, Clock, OpaqueToken, OpaqueTokens, RepositoryError, StreamTokenRepository,
    TicketRepository,
};
use crate::stream_token::StreamToken;

/// Why no stream token was issued.
#[derive(Debug, Error)]
pub enum IssueStreamTokenError {
    /// There is no such ticket, or it is somebody else's: callers cannot tell which.
    #[error("there is no such ticket")]
    NotFound,
    /// The session ended meanwhile.
    #[error("the session is over")]
    SessionOver,
    /// No secret could be made.
    #[error("no random token could be made")]
    NoToken(#[source] BoxError),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl From<AccessError> for IssueStreamTokenError {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::NotFound => Self::NotFound,
            AccessError::Repository(error) => Self::Repository(error),
        }
    }
}

/// Issues tokens that open a ticket's stream by its address alone.
pub struct IssueStreamToken {
    tickets: Arc<dyn TicketRepository>,
    stream_tokens: Arc<dyn StreamTokenRepository>,
    tokens: Arc<dyn OpaqueTokens>,
    clock: Arc<dyn Clock>,
}

impl IssueStreamToken {
    /// Wires the use case.
    pub fn new(
        tickets: Arc<dyn TicketRepository>,
        stream_tokens: Arc<dyn StreamTokenRepository>,
        tokens: Arc<dyn OpaqueTokens>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            tickets,
            stream_tokens,
            tokens,
            clock,
        }
    }

    /// A token for the actor and this ticket; it opens one reading within
    /// [`StreamToken::LIFETIME`], unless the session ends before.
    ///
    /// # Errors
    /// [`IssueStreamTokenError::NotFound`] for a missing ticket and for another customer's alike.
    pub async fn execute(
        &self,
        Authenticated { actor, session }: Authenticated,
        ticket_id: TicketId,
    ) -> Result<OpaqueToken, IssueStreamTokenError> {
        find_visible_ticket(self.tickets.as_ref(), actor, ticket_id).await?;
        let token = self
            .tokens
            .generate()
            .map_err(IssueStreamTokenError::NoToken)?;
        let now = self.clock.now();
        let stored = StreamToken::new(token.digest, actor.id, session, ticket_id, now);
        if !self.stream_tokens.insert(&stored).await? {
            return Err(IssueStreamTokenError::SessionOver);
        }
        Ok(token)
    }
}
