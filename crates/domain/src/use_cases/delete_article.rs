use std::sync::Arc;

use super::change_article::{ManageArticlesError, ensure_staff};
use crate::ids::ArticleId;
use crate::ports::ArticleRepository;
use crate::ticket::ExpectedVersion;
use crate::user::Actor;

/// Deletes an article, for staff. Answers that quoted it keep what they say of it.
pub struct DeleteArticle {
    articles: Arc<dyn ArticleRepository>,
}

impl DeleteArticle {
    /// Wires the use case.
    pub fn new(articles: Arc<dyn ArticleRepository>) -> Self {
        Self { articles }
    }

    /// Deletes the article if it is of an expected version.
    ///
    /// # Errors
    /// [`ManageArticlesError`] when the article is not the actor's to delete.
    pub async fn execute(
        &self,
        actor: Actor,
        id: ArticleId,
        expected: &ExpectedVersion,
    ) -> Result<(), ManageArticlesError> {
        ensure_staff(actor)?;
        Ok(self.articles.delete(id, expected).await?)
    }
}
