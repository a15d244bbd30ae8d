use std::sync::Arc;

use thiserror::Error;

use crate::article::Article;
use crate::ids::ArticleId;
use crate::ports::{ArticleRepository, RepositoryError};
use crate::user::Actor;

/// Why an article is not shown.
#[derive(Debug, Error)]
pub enum ShowArticleError {
    /// There is no such article, or it is a draft: customers cannot tell which.
    #[error("there is no such article")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Shows one article: drafts to staff only.
pub struct ShowArticle {
    articles: Arc<dyn ArticleRepository>,
}

impl ShowArticle {
    /// Wires the use case.
    pub fn new(articles: Arc<dyn ArticleRepository>) -> Self {
        Self { articles }
    }

    /// The article, if the actor may see it.
    ///
    /// # Errors
    /// [`ShowArticleError::NotFound`] for a missing article and a customer's draft alike.
    pub async fn execute(&self, actor: Actor, id: ArticleId) -> Result<Article, ShowArticleError> {
        self.articles
            .find(id)
            .await?
            .filter(|article| article.published || actor.role.is_staff())
            .ok_or(ShowArticleError::NotFound)
    }
}
