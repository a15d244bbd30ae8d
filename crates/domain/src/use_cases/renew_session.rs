use std::sync::Arc;

use thiserror::Error;

use super::TokenPair;
use crate::ports::{
    AccessTokens, BoxError, Clock, OpaqueTokens, RepositoryError, Rotated, Rotation,
    SessionRepository, TokenError,
};
use crate::session::{RefreshToken, RefreshTokenDigest};
use crate::user::Actor;

/// Why a session was not renewed.
#[derive(Debug, Error)]
pub enum RenewSessionError {
    /// The token is no token, was used before, or its session is over: callers cannot tell which.
    #[error("the refresh token is invalid, was used before or has expired")]
    Invalid,
    /// No access token could be signed.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// No refresh token could be made.
    #[error("no random token could be made")]
    NoToken(#[source] BoxError),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Gives new tokens for a refresh token, which is used up by that.
pub struct RenewSession {
    sessions: Arc<dyn SessionRepository>,
    tokens: Arc<dyn AccessTokens>,
    opaque_tokens: Arc<dyn OpaqueTokens>,
    clock: Arc<dyn Clock>,
}

impl RenewSession {
    /// Wires the use case.
    pub fn new(
        sessions: Arc<dyn SessionRepository>,
        tokens: Arc<dyn AccessTokens>,
        opaque_tokens: Arc<dyn OpaqueTokens>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            sessions,
            tokens,
            opaque_tokens,
            clock,
        }
    }

    /// Renews the session. A token that was used before ends it: one of its two users is a thief,
    /// and nobody knows which (RFC 9700, section 4.14.2).
    ///
    /// # Errors
    /// [`RenewSessionError::Invalid`] for a token that renews nothing.
    pub async fn execute(&self, token: &RefreshToken) -> Result<TokenPair, RenewSessionError> {
        let (family, generation) = token.parts().ok_or(RenewSessionError::Invalid)?;
        let successor = self
            .opaque_tokens
            .generate()
            .map_err(RenewSessionError::NoToken)?;
        let now = self.clock.now();
        let rotation = Rotation {
            token: RefreshTokenDigest {
                family: self.opaque_tokens.digest(family),
                generation: self.opaque_tokens.digest(generation),
            },
            successor: successor.digest,
            at: now,
        };
        match self.sessions.rotate(rotation).await? {
            Rotated::Renewed(session, user) => {
                let actor = Actor {
                    id: user.id,
                    role: user.role,
                };
                Ok(TokenPair {
                    access_token: self.tokens.issue(actor, session, now)?,
                    refresh_token: RefreshToken::new(family, &successor.secret),
                })
            }
            Rotated::Reused | Rotated::Unknown => Err(RenewSessionError::Invalid),
        }
    }
}
