use std::sync::Arc;

use thiserror::Error;

use crate::article::{Article, ArticleUpdate};
use crate::ids::ArticleId;
use crate::ports::{ArticleRepository, ChangeArticleError, Clock, RepositoryError};
use crate::ticket::ExpectedVersion;
use crate::user::Actor;

/// Why articles were not managed.
#[derive(Debug, Error)]
pub enum ManageArticlesError {
    /// Customers read.
    #[error("only staff write help articles")]
    Forbidden,
    /// There is no such article.
    #[error("there is no such article")]
    NotFound,
    /// The article is of another version than expected.
    #[error("the article has changed meanwhile")]
    VersionMismatch,
    /// Another article has that slug.
    #[error("another article has that slug")]
    SlugTaken,
    /// The store failed.
    #[error(transparent)]
    Repository(RepositoryError),
}

impl From<RepositoryError> for ManageArticlesError {
    fn from(error: RepositoryError) -> Self {
        match error {
            RepositoryError::Conflict => Self::SlugTaken,
            error @ (RepositoryError::Unavailable(_) | RepositoryError::Corrupt(_)) => {
                Self::Repository(error)
            }
        }
    }
}

impl From<ChangeArticleError> for ManageArticlesError {
    fn from(error: ChangeArticleError) -> Self {
        match error {
            ChangeArticleError::NotFound => Self::NotFound,
            ChangeArticleError::VersionMismatch => Self::VersionMismatch,
            ChangeArticleError::Repository(error) => error.into(),
        }
    }
}

pub(super) fn ensure_staff(actor: Actor) -> Result<(), ManageArticlesError> {
    if actor.role.is_staff() {
        Ok(())
    } else {
        Err(ManageArticlesError::Forbidden)
    }
}

/// Changes fields of an article, for staff.
pub struct ChangeArticle {
    articles: Arc<dyn ArticleRepository>,
    clock: Arc<dyn Clock>,
}

impl ChangeArticle {
    /// Wires the use case.
    pub fn new(articles: Arc<dyn ArticleRepository>, clock: Arc<dyn Clock>) -> Self {
        Self { articles, clock }
    }

    /// Changes all of the fields or none, if the article is of an expected version. What changes
    /// nothing raises no version.
    ///
    /// # Errors
    /// [`ManageArticlesError`] when the article is not the actor's to change in this way.
    pub async fn execute(
        &self,
        actor: Actor,
        id: ArticleId,
        update: &ArticleUpdate,
        expected: &ExpectedVersion,
    ) -> Result<Article, ManageArticlesError> {
        ensure_staff(actor)?;
        let at = self.clock.now();
        Ok(self.articles.change(id, update, expected, at).await?)
    }
}
