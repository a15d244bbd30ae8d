use async_trait::async_trait;
use thiserror::Error;

use super::BoxError;
use crate::password::{Password, PasswordAttempt, PasswordHash};

/// Why a password was neither hashed nor checked.
#[derive(Debug, Error)]
pub enum PasswordHasherError {
    /// Too much of this work is waiting already; later may go better.
    #[error("too many passwords wait to be hashed")]
    Busy,
    /// The hash or the hasher is broken.
    #[error("password hashing failed")]
    Failed(#[source] BoxError),
}

/// Hashes passwords slowly on purpose.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes a new password with a fresh salt. No character of it MUST be left out.
    ///
    /// # Errors
    /// [`PasswordHasherError`] when busy or broken.
    async fn hash(&self, password: &Password) -> Result<PasswordHash, PasswordHasherError>;

    /// Whether the attempt is the password. Without a hash it MUST do the same work and answer
    /// false, so that time does not tell which accounts exist.
    ///
    /// # Errors
    /// [`PasswordHasherError`] when busy or broken.
    async fn verify(
        &self,
        attempt: &PasswordAttempt,
        hash: Option<PasswordHash>,
    ) -> Result<bool, PasswordHasherError>;
}
