use async_trait::async_trait;
use thiserror::Error;

use super::RepositoryError;
use crate::page::{Page, PageLimit};
use crate::prompt::{Drafted, PromptTemplate, TemplateDraft, TemplateName, TemplateRefusal};
use crate::ticket::ExpectedVersion;

/// Why a template's version was not stored.
#[derive(Debug, Error)]
pub enum SaveTemplateError {
    /// The rules refuse it.
    #[error(transparent)]
    Refused(#[from] TemplateRefusal),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Keeps the prompt templates that admins write, and all their versions.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait PromptTemplateRepository: Send + Sync {
    /// Lets the draft [`decide`](TemplateDraft::decide) by the newest version of its name, while
    /// nobody else stores one, and stores what it became. Earlier versions MUST stay as they were.
    /// Of any number of drafts at once each that is stored MUST have a version of its own, without
    /// gaps. Of any number that expect one version at most one MUST be stored.
    ///
    /// # Errors
    /// [`SaveTemplateError::Refused`] when the draft may not be stored.
    async fn save(
        &self,
        draft: &TemplateDraft,
        expected: &ExpectedVersion,
    ) -> Result<Drafted, SaveTemplateError>;

    /// The newest version stored under each of these names, in any order; none for names whose
    /// newest version MUST NOT be used any more since it withdraws them. Every field MUST come back
    /// as it was stored.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn find_newest(
        &self,
        names: &[TemplateName],
    ) -> Result<Vec<PromptTemplate>, RepositoryError>;

    /// The newest version of each name, by name. Withdrawn templates MUST be left out.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn list_newest(&self) -> Result<Vec<PromptTemplate>, RepositoryError>;

    /// A page of a template's versions, newest first, those only that are older than `before`. All
    /// versions MUST be listed, also those that withdraw it.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn list_versions(
        &self,
        name: &TemplateName,
        before: Option<i32>,
        limit: PageLimit,
    ) -> Result<Page<PromptTemplate, i32>, RepositoryError>;
}
