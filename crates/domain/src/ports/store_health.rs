use async_trait::async_trait;

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

    /// Whether every migration that this program knows has been applied.
    ///
    /// # Errors
    /// [`RepositoryError`] when that cannot be found out.
    async fn is_migrated(&self) -> Result<bool, RepositoryError>;
}
