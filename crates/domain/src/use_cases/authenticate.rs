use std::sync::Arc;

use thiserror::Error;

use crate::ports::{AccessTokens, Clock, RepositoryError, TokenError, UserRepository};
use crate::user::Actor;

/// Why a token does not let anybody in.
#[derive(Debug, Error)]
pub enum AuthenticateError {
    /// The token is not good, or its user is gone or disabled.
    #[error("the access token is invalid or has expired")]
    Invalid,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Finds out who acts, from an access token. Rights are read from the account, not from the
/// token, so that they end with it.
pub struct Authenticate {
    tokens: Arc<dyn AccessTokens>,
    users: Arc<dyn UserRepository>,
    clock: Arc<dyn Clock>,
}

impl Authenticate {
    /// Wires the use case.
    pub fn new(
        tokens: Arc<dyn AccessTokens>,
        users: Arc<dyn UserRepository>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            tokens,
            users,
            clock,
        }
    }

    /// Checks the token.
    ///
    /// # Errors
    /// [`AuthenticateError::Invalid`] for a token that lets nobody in.
    pub async fn execute(&self, token: &str) -> Result<Actor, AuthenticateError> {
        let id = self
            .tokens
            .check(token, self.clock.now())
            .map_err(|error| match error {
                TokenError::Invalid | TokenError::Failed(_) => AuthenticateError::Invalid,
            })?;
        let user = self
            .users
            .find(id)
            .await?
            .filter(|user| user.disabled_at.is_none());
        user.map(|user| Actor {
            id: user.id,
            role: user.role,
        })
        .ok_or(AuthenticateError::Invalid)
    }
}
