use async_trait::async_trait;

use super::RepositoryError;
use crate::ids::UserId;
use crate::password::PasswordHash;
use crate::user::{Email, User};

/// What signing in is checked against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The person.
    pub user: User,
    /// The person's hashed password.
    pub password_hash: PasswordHash,
}

/// Keeps accounts.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait UserRepository: Send + Sync {
    /// Stores a new account.
    ///
    /// MUST refuse an id or e-mail address that exists and then leave nothing behind; of several
    /// at once with one address, exactly one MUST win.
    ///
    /// # Errors
    /// [`RepositoryError::Conflict`] for an id or address that exists.
    async fn insert(&self, credentials: &Credentials) -> Result<(), RepositoryError>;

    /// The user of that id. Every field MUST come back as it was stored.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn find(&self, id: UserId) -> Result<Option<User>, RepositoryError>;

    /// The user of that address, with the hash to check a password against.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn find_credentials(&self, email: &Email)
    -> Result<Option<Credentials>, RepositoryError>;
}
