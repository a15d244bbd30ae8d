use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::BoxError;
use crate::ids::{SessionId, UserId};
use crate::user::Actor;

/// A signed token that proves who is acting. It cannot be printed by accident.
#[derive(Clone)]
pub struct AccessToken {
    /// What the client sends.
    pub token: String,
    /// How long it is good for.
    pub lifetime: Duration,
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessToken(…, {:?})", self.lifetime)
    }
}

/// What a good token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenProof {
    /// Whose it is.
    pub user_id: UserId,
    /// The session that it belongs to.
    pub session_id: SessionId,
}

/// Why a token proves nothing.
#[derive(Debug, Error)]
pub enum TokenError {
    /// Expired, forged, or not a token.
    #[error("the access token is invalid or has expired")]
    Invalid,
    /// The signer is broken.
    #[error("signing failed")]
    Failed(#[source] BoxError),
}

/// Signs and checks access tokens.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait AccessTokens: Send + Sync {
    /// Signs a token for the actor in that session.
    ///
    /// # Errors
    /// [`TokenError::Failed`] when the signer is broken.
    fn issue(
        &self,
        actor: Actor,
        session: SessionId,
        at: DateTime<Utc>,
    ) -> Result<AccessToken, TokenError>;

    /// Whose token it is, and of which session. A token that expired, was signed with another key or algorithm, or was
    /// made for another audience MUST be refused.
    ///
    /// # Errors
    /// [`TokenError::Invalid`] for anything but a good token.
    fn check(&self, token: &str, at: DateTime<Utc>) -> Result<TokenProof, TokenError>;
}
