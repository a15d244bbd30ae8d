use std::sync::Arc;

use super::change_article::{ManageArticlesError, ensure_staff};
use crate::article::Synonyms;
use crate::ports::KnowledgeSource;
use crate::user::Actor;

/// The synonyms that searches go by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SynonymsInUse {
    /// The synonyms.
    pub synonyms: Synonyms,
    /// Whether they came with the program, since nobody set others.
    pub built_in: bool,
}

/// Shows the synonyms, to staff.
pub struct ShowSynonyms {
    knowledge: Arc<dyn KnowledgeSource>,
    built_in: Synonyms,
}

impl ShowSynonyms {
    /// Wires the use case.
    pub fn new(knowledge: Arc<dyn KnowledgeSource>, built_in: Synonyms) -> Self {
        Self {
            knowledge,
            built_in,
        }
    }

    /// The synonyms in use.
    ///
    /// # Errors
    /// [`ManageArticlesError`] for customers, and when the store fails.
    pub async fn execute(&self, actor: Actor) -> Result<SynonymsInUse, ManageArticlesError> {
        ensure_staff(actor)?;
        let set = self.knowledge.synonyms().await?;
        Ok(SynonymsInUse {
            built_in: set.is_none(),
            synonyms: set.unwrap_or_else(|| self.built_in.clone()),
        })
    }
}
