use std::sync::Arc;

use super::change_article::{ManageArticlesError, ensure_staff};
use crate::article::Synonyms;
use crate::ports::KnowledgeSource;
use crate::user::Actor;

/// Sets the synonyms, for staff.
pub struct SetSynonyms {
    knowledge: Arc<dyn KnowledgeSource>,
}

impl SetSynonyms {
    /// Wires the use case.
    pub fn new(knowledge: Arc<dyn KnowledgeSource>) -> Self {
        Self { knowledge }
    }

    /// Sets all of them; none to go back to those that come with the program.
    ///
    /// # Errors
    /// [`ManageArticlesError`] for customers, and when the store fails.
    pub async fn execute(
        &self,
        actor: Actor,
        synonyms: Option<Synonyms>,
    ) -> Result<(), ManageArticlesError> {
        ensure_staff(actor)?;
        Ok(self.knowledge.set_synonyms(synonyms).await?)
    }
}
