use std::slice;
use std::sync::Arc;

use super::save_prompt_template::{ManageTemplatesError, ensure_admin};
use crate::page::{Page, PageLimit};
use crate::ports::PromptTemplateRepository;
use crate::prompt::{PromptTemplate, TemplateName};
use crate::user::Actor;

/// Shows one template, for admins.
pub struct ShowPromptTemplate {
    templates: Arc<dyn PromptTemplateRepository>,
}

impl ShowPromptTemplate {
    /// Wires the use case.
    pub fn new(templates: Arc<dyn PromptTemplateRepository>) -> Self {
        Self { templates }
    }

    /// The version in force.
    ///
    /// # Errors
    /// [`ManageTemplatesError`] for anybody but admins and when there is none.
    pub async fn execute(
        &self,
        actor: Actor,
        name: &TemplateName,
    ) -> Result<PromptTemplate, ManageTemplatesError> {
        ensure_admin(actor)?;
        let newest = self.templates.find_newest(slice::from_ref(name)).await?;
        PromptTemplate::in_force(name, newest.into_iter().next())
            .ok_or(ManageTemplatesError::NotFound)
    }

    /// A page of its versions, newest first; what comes with the program is the oldest.
    ///
    /// # Errors
    /// [`ManageTemplatesError`] for anybody but admins and when there never was such a template.
    pub async fn versions(
        &self,
        actor: Actor,
        name: &TemplateName,
        before: Option<i32>,
        limit: PageLimit,
    ) -> Result<Page<PromptTemplate, i32>, ManageTemplatesError> {
        ensure_admin(actor)?;
        let mut page = self.templates.list_versions(name, before, limit).await?;
        let built_in = name.is_default().then(PromptTemplate::built_in);
        let is_last = page.next.is_none();
        if let Some(built_in) =
            built_in.filter(|it| is_last && before.is_none_or(|before| it.version < before))
        {
            if page.items.len() < limit.get() {
                page.items.push(built_in);
            } else {
                page.next = page.items.last().map(|last| last.version);
            }
        }
        if page.items.is_empty() && before.is_none() {
            return Err(ManageTemplatesError::NotFound);
        }
        Ok(page)
    }
}
