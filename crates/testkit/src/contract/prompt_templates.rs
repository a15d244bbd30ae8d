//! The contract of [`PromptTemplateRepository`](domain::ports::PromptTemplateRepository).

use std::sync::Arc;

use domain::ids::UserId;
use domain::page::PageLimit;
use domain::ports::SaveTemplateError;
use domain::prompt::{
    Authorship, Drafted, PromptTemplate, TemplateDraft, TemplateName, TemplateParts,
    TemplateRefusal, TemplateText,
};
use domain::ticket::ExpectedVersion;
use tokio::task::JoinSet;

use super::PromptTemplateStores;
use super::fixtures::{EMOJI, MANY, at, limit, uuid};

/// One test for each promise of `PromptTemplateRepository`, over an expression that gives fresh
/// [`PromptTemplateStores`].
#[macro_export]
macro_rules! prompt_template_repository_contract {
    ($stores:expr) => {
        $crate::contract_cases!(
            prompt_templates,
            $stores,
            [
                every_field_of_a_template_comes_back,
                times_of_templates_are_exact_to_the_microsecond,
                a_template_of_the_greatest_length_with_emoji_is_kept,
                an_empty_store_has_no_templates,
                the_newest_version_wins,
                earlier_versions_stay_as_they_were,
                versions_are_listed_newest_first_in_pages,
                what_says_the_same_is_not_stored_again,
                a_withdrawn_template_is_found_no_more_and_its_versions_stay,
                what_is_written_after_a_withdrawal_is_found_again,
                templates_are_listed_by_name,
                a_version_that_was_not_expected_changes_nothing,
                of_many_drafts_at_once_each_gets_a_version_of_its_own,
                of_many_drafts_that_expect_one_version_one_is_stored,
                of_many_first_drafts_none_exceeds_the_number_of_names,
            ]
        );
    };
}

pub async fn every_field_of_a_template_comes_back(stores: PromptTemplateStores) {
    let draft = draft("billing", "One");
    let expected = PromptTemplate {
        name: name("billing"),
        version: 1,
        parts: draft.parts.clone(),
        authorship: Some(draft.authorship),
    };
    let saved = stores.save(&draft).await;
    assert_eq!(saved, Drafted::Created(expected.clone()));
    let everything = [expected];
    assert_eq!(stores.find(&["billing"]).await, everything);
    assert_eq!(stores.list().await, everything);
    assert_eq!(stores.versions("billing").await, everything);
}

pub async fn times_of_templates_are_exact_to_the_microsecond(stores: PromptTemplateStores) {
    for micros in [0, 1, 999_999] {
        let draft = draft("billing", &format!("Version {micros}"));
        let authorship = Authorship {
            created_at: at(micros),
            ..draft.authorship
        };
        stores
            .save(&TemplateDraft {
                authorship,
                ..draft
            })
            .await;
        let found = stores.find(&["billing"]).await;
        assert_eq!(found.first().and_then(|it| it.authorship), Some(authorship));
    }
}

pub async fn a_template_of_the_greatest_length_with_emoji_is_kept(stores: PromptTemplateStores) {
    let longest = draft("billing", &EMOJI.repeat(TemplateText::MAX_CHARS));
    let saved = stores.save(&longest).await.into_template();
    assert_eq!(saved.parts, longest.parts);
    assert_eq!(stores.find(&["billing"]).await, [saved]);
}

pub async fn an_empty_store_has_no_templates(stores: PromptTemplateStores) {
    assert_eq!(stores.find(&["default", "billing"]).await, []);
    assert_eq!(stores.find(&[]).await, []);
    assert_eq!(stores.list().await, []);
    assert_eq!(stores.versions("default").await, []);
}

pub async fn the_newest_version_wins(stores: PromptTemplateStores) {
    for (text, version) in [("One", 1), ("Two", 2), ("Three", 3)] {
        let saved = stores.save(&draft("billing", text)).await.into_template();
        assert_eq!(saved.version, version);
        assert_eq!(stores.find(&["billing"]).await, [saved]);
    }
    stores.save(&draft("default", "Other")).await;
    let mut found = stores.find(&["default", "billing", "unknown"]).await;
    found.sort_by(|one, other| one.name.cmp(&other.name));
    let found: Vec<_> = found
        .iter()
        .map(|it| (it.name.as_str(), it.version))
        .collect();
    assert_eq!(found, [("billing", 3), ("default", 2)]);
}

pub async fn earlier_versions_stay_as_they_were(stores: PromptTemplateStores) {
    let mut saved = Vec::new();
    for text in ["One", "Two", "One"] {
        saved.push(stores.save(&draft("billing", text)).await.into_template());
    }
    stores.save(&withdrawal("billing")).await;
    let mut versions = stores.versions("billing").await;
    versions.reverse();
    assert_eq!(versions.get(..3), Some(saved.as_slice()));
}

pub async fn versions_are_listed_newest_first_in_pages(stores: PromptTemplateStores) {
    for text in ["One", "Two", "Three", "Four", "Five"] {
        stores.save(&draft("billing", text)).await;
    }
    stores.save(&draft("other", "One")).await;
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = stores
            .templates
            .list_versions(&name("billing"), before, limit(2))
            .await
            .expect("listed");
        seen.push(page.items.iter().map(|it| it.version).collect::<Vec<_>>());
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen, [vec![5, 4], vec![3, 2], vec![1]]);
}

pub async fn what_says_the_same_is_not_stored_again(stores: PromptTemplateStores) {
    let first = stores.save(&draft("billing", "One")).await.into_template();
    let again = stores.save(&draft("billing", "One")).await;
    assert_eq!(again, Drafted::Unchanged(first.clone()));
    assert_eq!(stores.versions("billing").await, [first]);
}

pub async fn a_withdrawn_template_is_found_no_more_and_its_versions_stay(
    stores: PromptTemplateStores,
) {
    let other = stores.save(&draft("other", "One")).await.into_template();
    let first = stores.save(&draft("billing", "One")).await.into_template();
    let draft = withdrawal("billing");
    let end = stores.save(&draft).await.into_template();
    assert_eq!((end.version, &end.parts), (2, &None));
    assert_eq!(end.authorship, Some(draft.authorship));
    assert_eq!(stores.find(&["billing"]).await, []);
    assert_eq!(stores.list().await, [other]);
    assert_eq!(stores.versions("billing").await, [end, first]);
    let again = stores.try_save(&draft, &ExpectedVersion::Any).await;
    assert!(matches!(
        again,
        Err(SaveTemplateError::Refused(TemplateRefusal::NotFound))
    ));
}

pub async fn what_is_written_after_a_withdrawal_is_found_again(stores: PromptTemplateStores) {
    stores.save(&draft("billing", "One")).await;
    stores.save(&withdrawal("billing")).await;
    let saved = stores.save(&draft("billing", "One")).await.into_template();
    assert_eq!(saved.version, 3);
    assert_eq!(stores.find(&["billing"]).await, [saved]);
}

pub async fn templates_are_listed_by_name(stores: PromptTemplateStores) {
    for template in ["z", "a-2", "default", "a-10", "b"] {
        stores.save(&draft(template, "One")).await;
        stores.save(&draft(template, "Two")).await;
    }
    let listed = stores.list().await;
    let names: Vec<_> = listed.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["a-10", "a-2", "b", "default", "z"]);
}

pub async fn a_version_that_was_not_expected_changes_nothing(stores: PromptTemplateStores) {
    let first = stores.save(&draft("billing", "One")).await.into_template();
    for (template, version) in [("billing", 2), ("other", 1), ("default", 2)] {
        let expected = ExpectedVersion::OneOf(vec![version]);
        let refused = stores.try_save(&draft(template, "Two"), &expected).await;
        assert!(
            matches!(
                refused,
                Err(SaveTemplateError::Refused(TemplateRefusal::VersionMismatch))
            ),
            "{template}"
        );
    }
    assert_eq!(stores.list().await, [first]);
}

pub async fn of_many_drafts_at_once_each_gets_a_version_of_its_own(stores: PromptTemplateStores) {
    let outcomes = stores.save_many(&ExpectedVersion::Any).await;
    let mut versions: Vec<_> = outcomes
        .into_iter()
        .map(|outcome| outcome.expect("stored").into_template())
        .collect();
    versions.sort_by_key(|it| std::cmp::Reverse(it.version));
    assert_eq!(stores.versions("billing").await, versions);
    let newest = versions.first().map(|it| i64::from(it.version));
    assert_eq!(newest, i64::try_from(MANY).ok());
}

pub async fn of_many_drafts_that_expect_one_version_one_is_stored(stores: PromptTemplateStores) {
    stores.save(&draft("billing", "One")).await;
    let outcomes = stores.save_many(&ExpectedVersion::OneOf(vec![1])).await;
    let accepted = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(accepted, 1);
    assert_eq!(stores.versions("billing").await.len(), 2);
}

pub async fn of_many_first_drafts_none_exceeds_the_number_of_names(stores: PromptTemplateStores) {
    let spare = 2;
    for number in spare..PromptTemplate::MAX_NAMES {
        stores.save(&draft(&format!("n-{number}"), "One")).await;
    }
    let mut drafts = JoinSet::new();
    for number in 0..8 {
        let templates = Arc::clone(&stores.templates);
        drafts.spawn(async move {
            let draft = draft(&format!("late-{number}"), "One");
            templates.save(&draft, &ExpectedVersion::Any).await.is_ok()
        });
    }
    let outcomes = drafts.join_all().await;
    assert_eq!(outcomes.into_iter().filter(|stored| *stored).count(), spare);
    assert_eq!(stores.list().await.len(), PromptTemplate::MAX_NAMES);
    // What is withdrawn makes room, and needs it when it comes back.
    stores.save(&withdrawal("n-2")).await;
    stores.save(&draft("billing", "One")).await;
    let again = draft("n-2", "One");
    let again = stores.try_save(&again, &ExpectedVersion::Any).await;
    assert!(matches!(
        again,
        Err(SaveTemplateError::Refused(TemplateRefusal::TooMany))
    ));
}

impl PromptTemplateStores {
    async fn try_save(
        &self,
        draft: &TemplateDraft,
        expected: &ExpectedVersion,
    ) -> Result<Drafted, SaveTemplateError> {
        self.templates.save(draft, expected).await
    }

    async fn save(&self, draft: &TemplateDraft) -> Drafted {
        let saved = self.try_save(draft, &ExpectedVersion::Any).await;
        saved.expect("stored")
    }

    async fn save_many(
        &self,
        expected: &ExpectedVersion,
    ) -> Vec<Result<Drafted, SaveTemplateError>> {
        let mut drafts = JoinSet::new();
        for number in 0..MANY {
            let (templates, expected) = (Arc::clone(&self.templates), expected.clone());
            drafts.spawn(async move {
                let draft = draft("billing", &format!("Draft {number}"));
                templates.save(&draft, &expected).await
            });
        }
        drafts.join_all().await
    }

    async fn find(&self, names: &[&str]) -> Vec<PromptTemplate> {
        let names: Vec<_> = names.iter().map(|raw| name(raw)).collect();
        self.templates.find_newest(&names).await.expect("found")
    }

    async fn list(&self) -> Vec<PromptTemplate> {
        self.templates.list_newest().await.expect("listed")
    }

    async fn versions(&self, of: &str) -> Vec<PromptTemplate> {
        let name = name(of);
        let page = self.templates.list_versions(&name, None, PageLimit::MAX);
        page.await.expect("listed").items
    }
}

fn name(raw: &str) -> TemplateName {
    TemplateName::parse(raw).expect("a name")
}

fn draft(of: &str, system: &str) -> TemplateDraft {
    TemplateDraft {
        parts: Some(TemplateParts {
            system: TemplateText::parse(system).expect("a text"),
            user: TemplateText::parse("{{ latest_message }}\r\n🦀").expect("a text"),
        }),
        ..withdrawal(of)
    }
}

fn withdrawal(of: &str) -> TemplateDraft {
    TemplateDraft {
        name: name(of),
        parts: None,
        authorship: Authorship {
            author_id: UserId::from_uuid(uuid()),
            created_at: at(7),
        },
    }
}
