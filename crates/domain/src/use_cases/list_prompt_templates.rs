use std::sync::Arc;

use super::save_prompt_template::{ManageTemplatesError, ensure_admin};
use crate::ports::PromptTemplateRepository;
use crate::prompt::PromptTemplate;
use crate::user::Actor;

/// Lists templates, for admins.
pub struct ListPromptTemplates {
    templates: Arc<dyn PromptTemplateRepository>,
}

impl ListPromptTemplates {
    /// Wires the use case.
    pub fn new(templates: Arc<dyn PromptTemplateRepository>) -> Self {
        Self { templates }
    }

    /// Lets admins look at what templates may use.
    ///
    /// # Errors
    /// [`ManageTemplatesError::Forbidden`] for anybody but admins.
    pub fn ensure_allowed(&self, actor: Actor) -> Result<(), ManageTemplatesError> {
        ensure_admin(actor)
    }

    /// Every template in force, by name.
    ///
    /// # Errors
    /// [`ManageTemplatesError::Forbidden`] for anybody but admins.
    pub async fn execute(&self, actor: Actor) -> Result<Vec<PromptTemplate>, ManageTemplatesError> {
        ensure_admin(actor)?;
        let mut templates = self.templates.list_newest().await?;
        if !templates.iter().any(|template| template.name.is_default()) {
            templates.push(PromptTemplate::built_in());
            templates.sort_by(|one, other| one.name.cmp(&other.name));
        }
        Ok(templates)
    }
}
