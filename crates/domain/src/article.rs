//! Help articles, and the passages by which they are found and quoted.
//!
//! How passages are ranked is a search's: nothing here must know of scores or words.

mod content;
mod import;
mod list;
mod passage;
mod slug;
mod synonyms;
mod update;
mod url;

use chrono::{DateTime, Utc};

pub use self::content::ArticleContent;
pub use self::import::{ImportPlan, ImportSummary, SlugsTaken, plan_import};
pub use self::list::{ArticleCursor, ArticleFilter, ArticleSummary};
pub use self::passage::{FoundPassage, Fragment, Passage, RankedPassage};
pub use self::slug::{Slug, SlugError};
pub use self::synonyms::{Synonyms, SynonymsError};
pub use self::update::ArticleUpdate;
pub use self::url::{ArticleUrl, ArticleUrlError};
use crate::ids::ArticleId;
use crate::names::named;
use crate::text::text;

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

/// Where an article comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArticleOrigin {
    /// It came with the program, to have something to show; the first article of one's own
    /// removes it.
    Sample,
    /// A person wrote it here.
    Written,
    /// It is a file's, which the next import may change or remove.
    Imported,
}

named!(ArticleOrigin {
    Sample = "sample",
    Written = "written",
    Imported = "imported",
});

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
    pub url: Option<ArticleUrl>,
    /// Whether customers and the assistant see it.
    pub published: bool,
    /// Where it comes from.
    pub origin: ArticleOrigin,
    /// Raised by every change; starts at 1.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
