//! Help articles, and the passages by which they are found and quoted.

mod passage;

use chrono::{DateTime, Utc};
use thiserror::Error;

pub use self::passage::{Passage, RankedPassage};
use crate::ids::ArticleId;
use crate::text::text;
use crate::ticket::is_slug;

text!(
    /// An article's title.
    ArticleTitle,
    max = 200
);
text!(
    /// An article's text, in Markdown.
    ArticleBody,
    max = 200_000
);

/// The article's name in links: lower-case words joined by single hyphens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slug(String);

/// Why a slug was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "must be 1 to {} lower-case letters, digits and single hyphens",
    Slug::MAX_CHARS
)]
pub struct SlugError;

impl Slug {
    /// The greatest length in characters.
    pub const MAX_CHARS: usize = 120;

    /// Accepts `a-z`, `0-9` and inner single hyphens.
    ///
    /// # Errors
    /// [`SlugError`] for anything else.
    pub fn parse(raw: impl Into<String>) -> Result<Self, SlugError> {
        let raw = raw.into();
        if raw.len() <= Self::MAX_CHARS && is_slug(&raw) {
            Ok(Self(raw))
        } else {
            Err(SlugError)
        }
    }

    /// The slug.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A help article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// Identity.
    pub id: ArticleId,
    /// Unique among articles.
    pub slug: Slug,
    /// Title.
    pub title: ArticleTitle,
    /// Text in Markdown.
    pub body: ArticleBody,
    /// Where people read it.
    pub url: Option<String>,
    /// Whether the assistant may quote it.
    pub published: bool,
    /// Whether it came with the program, to have something to show.
    pub sample: bool,
    /// Raised by every change; starts at 1.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
