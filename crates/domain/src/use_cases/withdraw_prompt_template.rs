use std::sync::Arc;

use super::save_prompt_template::{ManageTemplatesError, ensure_admin};
use crate::ports::{Clock, PromptTemplateRepository};
use crate::prompt::{Authorship, TemplateDraft, TemplateName};
use crate::ticket::ExpectedVersion;
use crate::user::Actor;

/// Puts a template out of force, for admins: `default` is then what comes with the program, and
/// categories have that of `default`. Its versions stay.
pub struct WithdrawPromptTemplate {
    templates: Arc<dyn PromptTemplateRepository>,
    clock: Arc<dyn Clock>,
}

impl WithdrawPromptTemplate {
    /// Wires the use case.
    pub fn new(templates: Arc<dyn PromptTemplateRepository>, clock: Arc<dyn Clock>) -> Self {
        Self { templates, clock }
    }

    /// Stores a version that withdraws those before it.
    ///
    /// # Errors
    /// [`ManageTemplatesError`] for anybody but admins, when there is nothing to withdraw, and when
    /// the template is of another version than expected.
    pub async fn execute(
        &self,
        actor: Actor,
        name: TemplateName,
        expected: &ExpectedVersion,
    ) -> Result<(), ManageTemplatesError> {
        ensure_admin(actor)?;
        let draft = TemplateDraft {
            name,
            parts: None,
            authorship: Authorship {
                author_id: actor.id,
                created_at: self.clock.now(),
            },
        };
        self.templates.save(&draft, expected).await?;
        Ok(())
    }
}
