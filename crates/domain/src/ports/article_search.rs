use async_trait::async_trait;

use super::RepositoryError;
use crate::article::FoundPassage;

/// Finds passages of help articles for people who look for them.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ArticleSearch: Send + Sync {
    /// The best passages of published articles, best first, at most `max`.
    ///
    /// # Errors
    /// [`RepositoryError`] when the articles cannot be read.
    async fn find(&self, query: &str, max: usize) -> Result<Vec<FoundPassage>, RepositoryError>;
}
