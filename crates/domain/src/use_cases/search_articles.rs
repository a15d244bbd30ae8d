use std::sync::Arc;

use crate::article::FoundPassage;
use crate::page::PageLimit;
use crate::ports::{ArticleSearch, RepositoryError};

/// Finds passages of published articles.
pub struct SearchArticles {
    search: Arc<dyn ArticleSearch>,
}

impl SearchArticles {
    /// Wires the use case.
    pub fn new(search: Arc<dyn ArticleSearch>) -> Self {
        Self { search }
    }

    /// The best passages, best first.
    ///
    /// # Errors
    /// [`RepositoryError`] when the articles cannot be read.
    pub async fn execute(
        &self,
        query: &str,
        limit: PageLimit,
    ) -> Result<Vec<FoundPassage>, RepositoryError> {
        self.search.find(query, limit.get()).await
    }
}
