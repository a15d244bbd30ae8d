use std::sync::Arc;

use thiserror::Error;

use crate::ports::{Clock, PromptTemplateRepository, RepositoryError, SaveTemplateError};
use crate::prompt::{
    Authorship, Drafted, PromptError, TemplateDraft, TemplateName, TemplateParts, TemplateProblem,
    TemplateRefusal,
};
use crate::ticket::ExpectedVersion;
use crate::user::Actor;

/// Why prompt templates were not shown, changed or tried.
#[derive(Debug, Error)]
pub enum ManageTemplatesError {
    /// Only admins manage templates.
    #[error("only admins manage prompt templates")]
    Forbidden,
    /// There is no such template.
    #[error("there is no such template")]
    NotFound,
    /// There is no ticket to try it on.
    #[error("there is no such ticket")]
    NoSuchTicket,
    /// It would not render.
    #[error("the template does not render")]
    Invalid(Vec<TemplateProblem>),
    /// It does not render for that ticket.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// It must not be stored as things are.
    #[error(transparent)]
    Refused(TemplateRefusal),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl From<SaveTemplateError> for ManageTemplatesError {
    fn from(error: SaveTemplateError) -> Self {
        match error {
            SaveTemplateError::Refused(TemplateRefusal::NotFound) => Self::NotFound,
            SaveTemplateError::Refused(refusal) => Self::Refused(refusal),
            SaveTemplateError::Repository(error) => Self::Repository(error),
        }
    }
}

/// Lets admins pass.
pub(super) fn ensure_admin(actor: Actor) -> Result<(), ManageTemplatesError> {
    if actor.role.is_admin() {
        Ok(())
    } else {
        Err(ManageTemplatesError::Forbidden)
    }
}

/// Writes the next version of a template, for admins. Replies that are begun from then on use it.
pub struct SavePromptTemplate {
    templates: Arc<dyn PromptTemplateRepository>,
    clock: Arc<dyn Clock>,
}

impl SavePromptTemplate {
    /// Wires the use case.
    pub fn new(templates: Arc<dyn PromptTemplateRepository>, clock: Arc<dyn Clock>) -> Self {
        Self { templates, clock }
    }

    /// Stores a template that renders for tickets of all kinds.
    ///
    /// # Errors
    /// [`ManageTemplatesError`] for anybody but admins, for what does not render, and when the
    /// template is of another version than expected.
    pub async fn execute(
        &self,
        actor: Actor,
        name: TemplateName,
        parts: TemplateParts,
        expected: &ExpectedVersion,
    ) -> Result<Drafted, ManageTemplatesError> {
        ensure_admin(actor)?;
        parts.check().map_err(ManageTemplatesError::Invalid)?;
        let draft = TemplateDraft {
            name,
            parts: Some(parts),
            authorship: Authorship {
                author_id: actor.id,
                created_at: self.clock.now(),
            },
        };
        Ok(self.templates.save(&draft, expected).await?)
    }
}
