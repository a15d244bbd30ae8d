use async_trait::async_trait;
use chrono::{DateTime, Utc};
use thiserror::Error;

use super::RepositoryError;
use crate::article::{
    Article, ArticleCursor, ArticleFilter, ArticleSummary, ArticleUpdate, ImportSummary, SlugsTaken,
};
use crate::ids::ArticleId;
use crate::page::{Page, PageLimit};
use crate::ticket::ExpectedVersion;

/// Why an article could not be changed.
#[derive(Debug, Error)]
pub enum ChangeArticleError {
    /// There is no such article.
    #[error("there is no such article")]
    NotFound,
    /// The article is of another version than expected.
    #[error("the article has changed meanwhile")]
    VersionMismatch,
    /// The store failed; it is a conflict when another article has that slug.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Why articles could not be imported.
#[derive(Debug, Error)]
pub enum ImportArticlesError {
    /// People wrote articles of the same slugs.
    #[error(transparent)]
    SlugsTaken(#[from] SlugsTaken),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Keeps help articles. Everything that changes them MUST raise the
/// [revision](super::KnowledgeSource::revision) in the same transaction.
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

    /// The article of that id. Every field MUST come back as it was stored.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn find(&self, id: ArticleId) -> Result<Option<Article>, RepositoryError>;

    /// A page of the articles that fit the filter, newest first, from behind the cursor on. The
    /// order MUST be total (creation time, then id), so that pages neither repeat nor skip an
    /// article while others are added.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn list(
        &self,
        filter: ArticleFilter,
        after: Option<ArticleCursor>,
        limit: PageLimit,
    ) -> Result<Page<ArticleSummary, ArticleCursor>, RepositoryError>;

    /// Stores a new article and deletes the samples, which MUST never come back.
    ///
    /// # Errors
    /// [`RepositoryError::Conflict`] when an article that stays has its id or slug; nothing is
    /// changed then.
    async fn add(&self, article: &Article) -> Result<(), RepositoryError>;

    /// Locks the article, applies [`Article::apply`] if it is of an expected version, and stores
    /// the result. Concurrent changes MUST all be kept.
    ///
    /// # Errors
    /// [`ChangeArticleError`] when there is no such article, it is of another version, its new
    /// slug is another's or the store fails.
    async fn change(
        &self,
        id: ArticleId,
        update: &ArticleUpdate,
        expected: &ExpectedVersion,
        at: DateTime<Utc>,
    ) -> Result<Article, ChangeArticleError>;

    /// Deletes an article if it is of an expected version. What replies quoted of it MUST stay
    /// with them.
    ///
    /// # Errors
    /// [`ChangeArticleError`] when there is no such article, it is of another version or the store
    /// fails.
    async fn delete(
        &self,
        id: ArticleId,
        expected: &ExpectedVersion,
    ) -> Result<(), ChangeArticleError>;

    /// Carries out [`plan_import`](crate::article::plan_import), all or nothing: the samples
    /// MUST go and never come back, and articles that are the same MUST stay untouched.
    ///
    /// # Errors
    /// [`ImportArticlesError`] when people wrote articles of the same slugs or the store fails.
    async fn import(
        &self,
        files: &[Article],
        prune: bool,
    ) -> Result<ImportSummary, ImportArticlesError>;
}
