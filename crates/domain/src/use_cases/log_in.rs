use std::sync::Arc;

use thiserror::Error;

use crate::password::PasswordAttempt;
use crate::ports::{
    AccessToken, AccessTokens, Clock, PasswordHasher, PasswordHasherError, RepositoryError,
    TokenError, UserRepository,
};
use crate::user::{Actor, Email};

/// Why nobody was signed in.
#[derive(Debug, Error)]
pub enum LogInError {
    /// No such account, a disabled one or a wrong password: callers cannot tell which.
    #[error("wrong e-mail address or password")]
    WrongCredentials,
    /// The password could not be checked.
    #[error(transparent)]
    Hasher(#[from] PasswordHasherError),
    /// No token could be signed.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// What signing in gives.
#[derive(Clone, Debug)]
pub struct Session {
    /// Proves who is acting.
    pub access_token: AccessToken,
}

/// Signs a person in by e-mail address and password.
pub struct LogIn {
    users: Arc<dyn UserRepository>,
    hasher: Arc<dyn PasswordHasher>,
    tokens: Arc<dyn AccessTokens>,
    clock: Arc<dyn Clock>,
}

impl LogIn {
    /// Wires the use case.
    pub fn new(
        users: Arc<dyn UserRepository>,
        hasher: Arc<dyn PasswordHasher>,
        tokens: Arc<dyn AccessTokens>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            users,
            hasher,
            tokens,
            clock,
        }
    }

    /// Checks the password and signs a token. Text that is no address is an unknown account, and
    /// the same work is done for it.
    ///
    /// # Errors
    /// [`LogInError::WrongCredentials`] whatever is wrong with them.
    pub async fn execute(
        &self,
        email: &str,
        password: PasswordAttempt,
    ) -> Result<Session, LogInError> {
        let credentials = match Email::parse(email) {
            Ok(email) => self.users.find_credentials(&email).await?,
            Err(_) => None,
        };
        let hash = credentials
            .as_ref()
            .map(|known| known.password_hash.clone());
        let matches = self.hasher.verify(&password, hash).await?;
        let user = credentials
            .map(|known| known.user)
            .filter(|user| matches && user.disabled_at.is_none())
            .ok_or(LogInError::WrongCredentials)?;
        let actor = Actor {
            id: user.id,
            role: user.role,
        };
        Ok(Session {
            access_token: self.tokens.issue(actor, self.clock.now())?,
        })
    }
}
