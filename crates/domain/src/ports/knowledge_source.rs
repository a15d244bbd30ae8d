use async_trait::async_trait;

use super::RepositoryError;
use crate::article::{Article, Synonyms};

/// What a search's index is made from, and when it has to be made again.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait KnowledgeSource: Send + Sync {
    /// A number that MUST rise with every change of articles and synonyms, by whatever process,
    /// before or as soon as the change can be read. It is cheap to ask for.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn revision(&self) -> Result<i64, RepositoryError>;

    /// Every published article, by slug. Every field MUST come back as it was stored.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn list_published(&self) -> Result<Vec<Article>, RepositoryError>;

    /// The synonyms that were set; none while nobody did.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn synonyms(&self) -> Result<Option<Synonyms>, RepositoryError>;

    /// Sets the synonyms, all of them, in place of those before; none to forget them.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn set_synonyms(&self, synonyms: Option<Synonyms>) -> Result<(), RepositoryError>;
}
