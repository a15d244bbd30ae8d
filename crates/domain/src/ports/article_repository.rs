use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::RepositoryError;
use crate::article::Article;

/// Keeps help articles.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ArticleRepository: Send + Sync {
    /// Stores the articles that come with the program, once in the store's life: a second call
    /// MUST change nothing, whatever became of them. Answers whether they were stored.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn install_samples(
        &self,
        samples: &[Article],
        at: DateTime<Utc>,
    ) -> Result<bool, RepositoryError>;

    /// Every published article, by slug. Every field MUST come back as it was stored.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn list_published(&self) -> Result<Vec<Article>, RepositoryError>;
}
