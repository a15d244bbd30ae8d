use std::collections::BTreeSet;
use std::sync::Mutex;

use async_trait::async_trait;
use domain::page::{Page, PageLimit};
use domain::ports::{PromptTemplateRepository, RepositoryError, SaveTemplateError};
use domain::prompt::{Drafted, PromptTemplate, TemplateDraft, TemplateName};
use domain::ticket::ExpectedVersion;

use super::{Outage, locked};

/// Prompt templates in a list.
#[derive(Debug, Default)]
pub struct InMemoryPromptTemplates {
    /// In the order in which they were stored.
    versions: Mutex<Vec<PromptTemplate>>,
    outage: Outage,
}

impl InMemoryPromptTemplates {
    /// A store that holds these versions, even if no rule would have let them in.
    pub fn holding(versions: impl IntoIterator<Item = PromptTemplate>) -> Self {
        let store = Self::default();
        locked(&store.versions).extend(versions);
        store
    }

    /// Orders and ends outages of this store.
    pub fn outage(&self) -> Outage {
        self.outage.clone()
    }
}

#[async_trait]
impl PromptTemplateRepository for InMemoryPromptTemplates {
    async fn save(
        &self,
        draft: &TemplateDraft,
        expected: &ExpectedVersion,
    ) -> Result<Drafted, SaveTemplateError> {
        self.outage.check()?;
        let mut versions = locked(&self.versions);
        let names: BTreeSet<_> = versions.iter().map(|version| &version.name).collect();
        let in_force = names.into_iter().filter_map(|name| newest(&versions, name));
        let in_force = in_force.filter(|newest| newest.parts.is_some()).count();
        let newest = newest(&versions, &draft.name);
        let drafted = draft.clone().decide(newest, in_force, expected)?;
        if let Drafted::Created(template) | Drafted::Replaced(template) = &drafted {
            versions.push(template.clone());
        }
        Ok(drafted)
    }

    async fn find_newest(
        &self,
        names: &[TemplateName],
    ) -> Result<Vec<PromptTemplate>, RepositoryError> {
        self.outage.check()?;
        let versions = locked(&self.versions);
        let found = names.iter().filter_map(|name| newest(&versions, name));
        Ok(found.filter(|newest| newest.parts.is_some()).collect())
    }

    async fn list_newest(&self) -> Result<Vec<PromptTemplate>, RepositoryError> {
        let names: BTreeSet<_> = locked(&self.versions)
            .iter()
            .map(|version| version.name.clone())
            .collect();
        self.find_newest(&names.into_iter().collect::<Vec<_>>())
            .await
    }

    async fn list_versions(
        &self,
        name: &TemplateName,
        before: Option<i32>,
        limit: PageLimit,
    ) -> Result<Page<PromptTemplate, i32>, RepositoryError> {
        self.outage.check()?;
        let versions = locked(&self.versions);
        let found = versions
            .iter()
            .rev()
            .filter(|version| version.name == *name)
            .filter(|version| before.is_none_or(|before| version.version < before))
            .take(limit.get() + 1)
            .cloned();
        Ok(Page::from_surplus(found.collect(), limit, |last| {
            last.version
        }))
    }
}

fn newest(versions: &[PromptTemplate], name: &TemplateName) -> Option<PromptTemplate> {
    let mut newest_first = versions.iter().rev();
    newest_first.find(|version| version.name == *name).cloned()
}
