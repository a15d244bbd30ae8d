use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::ids::UserId;
use crate::reply::TemplateRef;
use crate::text::text;
use crate::ticket::{Category, ExpectedVersion, is_slug};

text!(
    /// One part of a template, in Jinja's notation.
    TemplateText,
    max = 32_768
);

/// A template's name: a ticket category's, or `default`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TemplateName(String);

/// Why a template's name was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "must be 1 to {} lower-case letters, digits and single hyphens, and not `{}`",
    Category::MAX_CHARS,
    TemplateName::RESERVED
)]
pub struct TemplateNameError;

impl TemplateName {
    /// Means something else in the API's paths.
    const RESERVED: &str = "variables";
    const DEFAULT: &str = "default";

    /// Accepts what a [`Category`] may be called, but for one reserved word.
    ///
    /// # Errors
    /// [`TemplateNameError`] for anything else.
    pub fn parse(raw: impl Into<String>) -> Result<Self, TemplateNameError> {
        let raw = raw.into();
        if raw.len() <= Category::MAX_CHARS && is_slug(&raw) && raw != Self::RESERVED {
            Ok(Self(raw))
        } else {
            Err(TemplateNameError)
        }
    }

    /// The template of tickets whose category has none.
    pub fn of_default() -> Self {
        Self(Self::DEFAULT.to_owned())
    }

    /// Whether it is the template of tickets whose category has none.
    pub fn is_default(&self) -> bool {
        self.0 == Self::DEFAULT
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a template says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateParts {
    /// The operator's instructions and the articles.
    pub system: TemplateText,
    /// The customer's words.
    pub user: TemplateText,
}

/// Who wrote a version, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authorship {
    /// The admin.
    pub author_id: UserId,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// One version of a template. Versions never change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptTemplate {
    /// Its name.
    pub name: TemplateName,
    /// Its number. Receipts name it, so it never stands for anything else.
    pub version: i32,
    /// What it says; none for a version that withdraws those before it.
    pub parts: Option<TemplateParts>,
    /// Who wrote it; none for what comes with the program.
    pub authorship: Option<Authorship>,
}

impl PromptTemplate {
    /// The version of what comes with the program; those that admins write have higher ones.
    const BUILT_IN_VERSION: i32 = 1;
    /// How many templates there may be.
    pub const MAX_NAMES: usize = 100;

    /// The `default` template that comes with the program.
    pub fn built_in() -> Self {
        Self {
            name: TemplateName::of_default(),
            version: Self::BUILT_IN_VERSION,
            parts: Some(TemplateParts {
                system: TemplateText(include_str!("default_system.txt").to_owned()),
                user: TemplateText(include_str!("default_user.txt").to_owned()),
            }),
            authorship: None,
        }
    }

    /// What receipts call it.
    pub fn reference(&self) -> TemplateRef {
        TemplateRef {
            name: self.name.as_str().to_owned(),
            version: self.version,
        }
    }

    /// The version in force, when this is the newest one stored, if any is.
    pub fn in_force(name: &TemplateName, newest: Option<Self>) -> Option<Self> {
        newest
            .filter(|newest| newest.parts.is_some())
            .or_else(|| name.is_default().then(Self::built_in))
    }
}

/// A version that somebody wants to be the newest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateDraft {
    /// The template's name.
    pub name: TemplateName,
    /// What it says from now on; none to withdraw it.
    pub parts: Option<TemplateParts>,
    /// Who wants it, and when.
    pub authorship: Authorship,
}

/// What becomes of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drafted {
    /// It is the first version in force of that name.
    Created(PromptTemplate),
    /// It replaces the version in force.
    Replaced(PromptTemplate),
    /// The version in force says the same; nothing is stored.
    Unchanged(PromptTemplate),
}

/// Why a draft is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TemplateRefusal {
    /// There is nothing to withdraw.
    #[error("there is no such template")]
    NotFound,
    /// The version in force is none of those expected.
    #[error("the template has changed meanwhile")]
    VersionMismatch,
    /// There are as many as may be.
    #[error("there are {} templates already", PromptTemplate::MAX_NAMES)]
    TooMany,
}

impl TemplateDraft {
    /// What becomes of it when `newest` is the newest version stored under its name, and `stored`
    /// how many that admins wrote are in force.
    ///
    /// # Errors
    /// [`TemplateRefusal`] when nothing is to be stored.
    pub fn decide(
        self,
        newest: Option<PromptTemplate>,
        stored: usize,
        expected: &ExpectedVersion,
    ) -> Result<Drafted, TemplateRefusal> {
        let latest = newest.as_ref().map(|newest| newest.version);
        let in_force = PromptTemplate::in_force(&self.name, newest);
        let is_stored = in_force
            .as_ref()
            .is_some_and(|template| template.authorship.is_some());
        if self.parts.is_none() && !is_stored {
            return Err(TemplateRefusal::NotFound);
        }
        if !expected.allows(
            in_force
                .as_ref()
                .map(|template| i64::from(template.version)),
        ) {
            return Err(TemplateRefusal::VersionMismatch);
        }
        if let Some(unchanged) = in_force.clone().filter(|it| it.parts == self.parts) {
            return Ok(Drafted::Unchanged(unchanged));
        }
        if in_force.is_none() && stored >= PromptTemplate::MAX_NAMES {
            return Err(TemplateRefusal::TooMany);
        }
        let version = self.version_after(latest);
        let template = PromptTemplate {
            name: self.name,
            version,
            parts: self.parts,
            authorship: Some(self.authorship),
        };
        Ok(match in_force {
            Some(_) => Drafted::Replaced(template),
            None => Drafted::Created(template),
        })
    }

    fn version_after(&self, latest: Option<i32>) -> i32 {
        let before = if self.name.is_default() {
            PromptTemplate::BUILT_IN_VERSION
        } else {
            0
        };
        latest.unwrap_or(before).saturating_add(1)
    }
}

impl Drafted {
    /// The version in force from now on, or the one that ends that.
    pub fn into_template(self) -> PromptTemplate {
        match self {
            Self::Created(template) | Self::Replaced(template) | Self::Unchanged(template) => {
                template
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn draft(name: &str, system: Option<&str>) -> TemplateDraft {
        TemplateDraft {
            name: TemplateName::parse(name).unwrap(),
            parts: system.map(|system| TemplateParts {
                system: TemplateText::parse(system).unwrap(),
                user: TemplateText::parse("{{ latest_message }}").unwrap(),
            }),
            authorship: Authorship {
                author_id: UserId::from_uuid(Uuid::from_u128(1)),
                created_at: DateTime::UNIX_EPOCH,
            },
        }
    }

    fn decide(
        draft: TemplateDraft,
        newest: Option<&PromptTemplate>,
    ) -> Result<Drafted, TemplateRefusal> {
        draft.decide(newest.cloned(), 0, &ExpectedVersion::Any)
    }

    #[test]
    fn what_comes_with_the_program_is_a_template_like_others() {
        let parts = PromptTemplate::built_in().parts.unwrap();
        for text in [parts.system, parts.user] {
            assert_eq!(TemplateText::parse(text.as_str()), Ok(text));
        }
    }

    #[test]
    fn names_are_those_of_categories_but_for_a_reserved_one() {
        for name in ["default", "billing", "a-1"] {
            assert_eq!(TemplateName::parse(name).unwrap().as_str(), name);
        }
        for name in ["", "variables", "Billing", "a b", "-a", &"a".repeat(65)] {
            assert_eq!(TemplateName::parse(name), Err(TemplateNameError), "{name}");
        }
    }

    #[test]
    fn no_version_that_admins_write_is_mistaken_for_what_comes_with_the_program() {
        let first = decide(draft("default", Some("One")), None).unwrap();
        assert!(matches!(&first, Drafted::Replaced(template) if template.version == 2));
        let first = first.into_template();
        let second = decide(draft("default", Some("Two")), Some(&first)).unwrap();
        assert_eq!(second.into_template().version, 3);
        let own = decide(draft("billing", Some("One")), None).unwrap();
        assert!(matches!(own, Drafted::Created(template) if template.version == 1));
    }

    #[test]
    fn saying_the_same_again_is_no_new_version() {
        let first = decide(draft("billing", Some("One")), None).unwrap();
        let first = first.into_template();
        let again = decide(draft("billing", Some("One")), Some(&first));
        assert_eq!(again, Ok(Drafted::Unchanged(first)));
    }

    #[test]
    fn a_withdrawn_template_is_gone_until_it_is_written_anew() {
        let first = decide(draft("billing", Some("One")), None).unwrap();
        let first = first.into_template();
        let end = decide(draft("billing", None), Some(&first)).unwrap();
        let end = end.into_template();
        assert_eq!((end.version, &end.parts), (2, &None));
        assert_eq!(
            decide(draft("billing", None), Some(&end)),
            Err(TemplateRefusal::NotFound)
        );
        let anew = decide(draft("billing", Some("One")), Some(&end)).unwrap();
        assert!(matches!(anew, Drafted::Created(template) if template.version == 3));
        assert_eq!(
            decide(draft("default", None), None),
            Err(TemplateRefusal::NotFound)
        );
    }

    #[test]
    fn only_an_expected_version_is_replaced() {
        let first = decide(draft("default", Some("One")), None).unwrap();
        let first = Some(first.into_template());
        let expecting = |name, newest: &Option<PromptTemplate>, version| {
            let expected = ExpectedVersion::OneOf(vec![version]);
            draft(name, Some("Two")).decide(newest.clone(), 0, &expected)
        };
        assert!(expecting("default", &None, 1).is_ok());
        let existing = |name| draft(name, Some("Two")).decide(None, 0, &ExpectedVersion::Existing);
        assert!(existing("default").is_ok());
        assert_eq!(existing("billing"), Err(TemplateRefusal::VersionMismatch));
        assert!(expecting("default", &first, 2).is_ok());
        for (name, newest, version) in [("default", &first, 1), ("billing", &None, 1)] {
            assert_eq!(
                expecting(name, newest, version),
                Err(TemplateRefusal::VersionMismatch)
            );
        }
    }

    #[test]
    fn there_are_not_more_templates_than_may_be() {
        let full = PromptTemplate::MAX_NAMES;
        let add =
            |newest| draft("billing", Some("Two")).decide(newest, full, &ExpectedVersion::Any);
        assert_eq!(add(None), Err(TemplateRefusal::TooMany));
        let first = decide(draft("billing", Some("One")), None).unwrap();
        let first = first.into_template();
        assert!(add(Some(first.clone())).is_ok());
        let end = decide(draft("billing", None), Some(&first)).unwrap();
        assert_eq!(
            add(Some(end.into_template())),
            Err(TemplateRefusal::TooMany)
        );
    }
}
