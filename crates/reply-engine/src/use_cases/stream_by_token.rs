use std::sync::Arc;

use domain::ids::{ReplyId, TicketId};
use domain::ports::{
    Clock, OpaqueTokens, ReplyStore, RepositoryError, SessionRepository, StreamTokenRepository,
    TicketRepository,
};
use domain::stream_token::{Admission, StreamToken};
use domain::use_cases::{Reader, find_visible_ticket};
use domain::user::Actor;
use thiserror::Error;

use super::StreamReplyError;
use crate::engine::{Opening, ReplyEngine};
use crate::frame::Cursor;

/// Why a token opens no stream.
#[derive(Debug, Error)]
pub enum StreamByTokenError {
    /// It is no token, was made for another ticket, is used up or too old, or its session is over.
    #[error("the stream token is invalid or has expired")]
    Invalid,
    /// The token is good, but there is nothing to stream.
    #[error(transparent)]
    Stream(#[from] StreamReplyError),
}

impl From<RepositoryError> for StreamByTokenError {
    fn from(error: RepositoryError) -> Self {
        Self::Stream(error.into())
    }
}

/// What [`StreamByToken`] works with.
pub struct StreamByTokenParts {
    /// Sessions, whose rights the tokens have.
    pub sessions: Arc<dyn SessionRepository>,
    /// Tickets.
    pub tickets: Arc<dyn TicketRepository>,
    /// Tokens as they are kept.
    pub stream_tokens: Arc<dyn StreamTokenRepository>,
    /// Replies.
    pub replies: Arc<dyn ReplyStore>,
    /// Recognises tokens.
    pub tokens: Arc<dyn OpaqueTokens>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// Streams a ticket's answer to whoever has a token for it: once, and then the rest of that reply
/// to readers who have seen a part of it.
pub struct StreamByToken {
    parts: StreamByTokenParts,
    engine: ReplyEngine,
}

impl StreamByToken {
    /// Wires the use case.
    pub fn new(parts: StreamByTokenParts, engine: ReplyEngine) -> Self {
        Self { parts, engine }
    }

    /// Opens a reading, and says for whom.
    ///
    /// # Errors
    /// [`StreamByTokenError`] when the token admits to nothing, or there is nothing to stream.
    pub async fn execute(
        &self,
        secret: &str,
        ticket_id: TicketId,
        cursor: Option<Cursor>,
    ) -> Result<(Reader, Opening), StreamByTokenError> {
        let token = self
            .parts
            .stream_tokens
            .find(self.parts.tokens.digest(secret))
            .await?
            .filter(|token| token.ticket_id == ticket_id)
            .ok_or(StreamByTokenError::Invalid)?;
        let (reader, admission) = self.admission(&token).await?;
        let opening = match admission {
            Admission::Open => self.open(&token, cursor).await?,
            Admission::Continue(reply_id) => self.resume(reply_id, cursor).await?,
        };
        Ok((reader, opening))
    }

    async fn admission(
        &self,
        token: &StreamToken,
    ) -> Result<(Reader, Admission), StreamByTokenError> {
        let now = self.parts.clock.now();
        let user = self
            .parts
            .sessions
            .find_user(token.session_id, now)
            .await?
            .filter(|user| user.id == token.user_id)
            .ok_or(StreamByTokenError::Invalid)?;
        let actor = Actor {
            id: user.id,
            role: user.role,
        };
        let ticket = find_visible_ticket(self.parts.tickets.as_ref(), actor, token.ticket_id)
            .await
            .map_err(StreamReplyError::from)?;
        let opened = match token.reply_id {
            Some(reply_id) => self.parts.replies.find(reply_id).await?,
            None => None,
        };
        let admission = token
            .admits(opened.as_ref(), now)
            .ok_or(StreamByTokenError::Invalid)?;
        let reader = Reader {
            session: token.session_id,
            owner: ticket.user_id,
        };
        Ok((reader, admission))
    }

    /// A first reading. The token is used up only once there is something to read, so that a
    /// refusal costs nothing; of several readings at once one wins.
    async fn open(
        &self,
        token: &StreamToken,
        cursor: Option<Cursor>,
    ) -> Result<Opening, StreamByTokenError> {
        let opening = self
            .engine
            .open(token.ticket_id, cursor)
            .await
            .map_err(StreamReplyError::from)?;
        if let Opening::Stream(reading) = &opening
            && let Some(reply_id) = reading.reply_id()
            && !self
                .parts
                .stream_tokens
                .bind(token.digest, reply_id)
                .await?
        {
            return Err(StreamByTokenError::Invalid);
        }
        Ok(opening)
    }

    async fn resume(
        &self,
        reply_id: ReplyId,
        cursor: Option<Cursor>,
    ) -> Result<Opening, StreamByTokenError> {
        match cursor {
            Some(cursor @ Cursor::Event(id)) if id.reply_id == reply_id => self
                .engine
                .resume(reply_id, cursor)
                .await?
                .ok_or(StreamByTokenError::Invalid),
            _ => Err(StreamByTokenError::Invalid),
        }
    }
}
