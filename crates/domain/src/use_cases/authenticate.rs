use std::sync::Arc;

use thiserror::Error;

use crate::ids::SessionId;
use crate::ports::{AccessTokens, Clock, RepositoryError, SessionRepository, TokenError};
use crate::user::Actor;

/// Why a token does not let anybody in.
#[derive(Debug, Error)]
pub enum AuthenticateError {
    /// The token is not good, its session is over, or its user is gone or disabled.
    #[error("the access token is invalid or has expired")]
    Invalid,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Who acts, and in which session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authenticated {
    /// The person.
    pub actor: Actor,
    /// The session that the token belongs to.
    pub session: SessionId,
}

/// Finds out who acts, from an access token. Rights are read from the account, not from the
/// token, so that they end with it; and a token ends with its session.
pub struct Authenticate {
    tokens: Arc<dyn AccessTokens>,
    sessions: Arc<dyn SessionRepository>,
    clock: Arc<dyn Clock>,
}

impl Authenticate {
    /// Wires the use case.
    pub fn new(
        tokens: Arc<dyn AccessTokens>,
        sessions: Arc<dyn SessionRepository>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            tokens,
            sessions,
            clock,
        }
    }

    /// Checks the token.
    ///
    /// # Errors
    /// [`AuthenticateError::Invalid`] for a token that lets nobody in.
    pub async fn execute(&self, token: &str) -> Result<Authenticated, AuthenticateError> {
        let now = self.clock.now();
        let proof = self.tokens.check(token, now).map_err(|error| match error {
            TokenError::Invalid | TokenError::Failed(_) => AuthenticateError::Invalid,
        })?;
        let user = self.sessions.find_user(proof.session_id, now).await?;
        let user = user
            .filter(|user| user.id == proof.user_id)
            .ok_or(AuthenticateError::Invalid)?;
        Ok(Authenticated {
            actor: Actor {
                id: user.id,
                role: user.role,
            },
            session: proof.session_id,
        })
    }
}
