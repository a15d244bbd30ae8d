use async_trait::async_trait;

use super::RepositoryError;
use crate::article::RankedPassage;

/// Finds the passages of help articles that fit a question.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait PassageSearch: Send + Sync {
    /// The best passages of published articles, best first, at most `max`.
    ///
    /// # Errors
    /// [`RepositoryError`] when the articles cannot be read.
    async fn search(
        &self,
        question: &str,
        max: usize,
    ) -> Result<Vec<RankedPassage>, RepositoryError>;
}
