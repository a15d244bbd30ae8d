use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::RepositoryError;

/// Tells whether the store can serve.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait StoreHealth: Send + Sync {
    /// Resolves when the store answers queries.
    ///
    /// # Errors
    /// [`RepositoryError::Unavailable`] when it does not.
    async fn ping(&self) -> Result<(), RepositoryError>;

    /// The time by the store's clock, by which leases are measured.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn now(&self) -> Result<DateTime<Utc>, RepositoryError>;

    /// Whether every migration that this program knows has been applied.
    ///
    /// # Errors
    /// [`RepositoryError`] when that cannot be found out.
    async fn is_migrated(&self) -> Result<bool, RepositoryError>;
}
