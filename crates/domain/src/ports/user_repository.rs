use async_trait::async_trait;
use chrono::{DateTime, Utc};
use thiserror::Error;

use super::RepositoryError;
use crate::ids::{SessionId, UserId};
use crate::page::{Page, PageLimit};
use crate::password::PasswordHash;
use crate::user::{Email, LastAdmin, User, UserChange, UserCursor, UserFilter};

/// What signing in is checked against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The person.
    pub user: User,
    /// The person's hashed password.
    pub password_hash: PasswordHash,
}

/// Why an account could not be changed.
#[derive(Debug, Error)]
pub enum ChangeUserError {
    /// There is no such account.
    #[error("there is no such account")]
    NotFound,
    /// Somebody must be left who can manage accounts.
    #[error(transparent)]
    LastAdmin(#[from] LastAdmin),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// A password that replaces another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordChange {
    /// Whose it is.
    pub user_id: UserId,
    /// The hash of the one that is replaced.
    pub from: PasswordHash,
    /// The hash of the new one.
    pub to: PasswordHash,
    /// The one session of the user that goes on.
    pub keep: SessionId,
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

    /// A page of accounts, newest first. The order MUST be total (creation time, then id), so that
    /// pages neither repeat nor skip an account while others are added.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn list(
        &self,
        filter: UserFilter,
        after: Option<UserCursor>,
        limit: PageLimit,
    ) -> Result<Page<User, UserCursor>, RepositoryError>;

    /// Locks the account, applies [`User::apply`] and stores the result, all or nothing. The
    /// sessions of an account that is disabled by it MUST end. Of any number of changes at once that
    /// would leave no admin, at least one MUST be refused.
    ///
    /// # Errors
    /// [`ChangeUserError`] when there is no such account, no admin would be left or the store fails.
    async fn change(
        &self,
        id: UserId,
        change: UserChange,
        at: DateTime<Utc>,
    ) -> Result<User, ChangeUserError>;

    /// Replaces a password that is still the one named, ends every session of the user but the one to
    /// keep, all or nothing, and says whether that came about. Of any number of changes of one
    /// password exactly one MUST succeed.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn change_password(&self, change: &PasswordChange) -> Result<bool, RepositoryError>;
}
