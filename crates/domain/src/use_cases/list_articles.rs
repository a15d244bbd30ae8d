use std::sync::Arc;

use crate::article::{ArticleCursor, ArticleFilter, ArticleSummary};
use crate::page::{Page, PageLimit};
use crate::ports::{ArticleRepository, RepositoryError};
use crate::user::Actor;

/// Lists articles: published ones to customers, all to staff.
pub struct ListArticles {
    articles: Arc<dyn ArticleRepository>,
}

impl ListArticles {
    /// Wires the use case.
    pub fn new(articles: Arc<dyn ArticleRepository>) -> Self {
        Self { articles }
    }

    /// A page of the articles that the actor may see, newest first. Drafts do not exist for
    /// customers: asked for them, they get none.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    pub async fn execute(
        &self,
        actor: Actor,
        filter: ArticleFilter,
        after: Option<ArticleCursor>,
        limit: PageLimit,
    ) -> Result<Page<ArticleSummary, ArticleCursor>, RepositoryError> {
        if actor.role.is_staff() {
            return self.articles.list(filter, after, limit).await;
        }
        if filter.published == Some(false) {
            return Ok(Page {
                items: Vec::new(),
                next: None,
            });
        }
        let shown = ArticleFilter {
            published: Some(true),
        };
        self.articles.list(shown, after, limit).await
    }
}
