use chrono::{DateTime, Utc};

use super::{Article, ArticleBody, ArticleOrigin, ArticleTitle, ArticleUrl, Slug};
use crate::ids::ArticleId;

/// An article without its text, as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleSummary {
    /// Identity.
    pub id: ArticleId,
    /// Unique among articles.
    pub slug: Slug,
    /// Title.
    pub title: ArticleTitle,
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

impl From<&Article> for ArticleSummary {
    fn from(article: &Article) -> Self {
        Self {
            id: article.id,
            slug: article.slug.clone(),
            title: article.title.clone(),
            url: article.url.clone(),
            published: article.published,
            origin: article.origin,
            version: article.version,
            created_at: article.created_at,
            updated_at: article.updated_at,
        }
    }
}

impl ArticleSummary {
    /// The whole article.
    pub fn with_body(self, body: ArticleBody) -> Article {
        Article {
            id: self.id,
            slug: self.slug,
            title: self.title,
            body,
            url: self.url,
            published: self.published,
            origin: self.origin,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// Which articles a list has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ArticleFilter {
    /// Only published ones, or only drafts.
    pub published: Option<bool>,
}

/// A place in a list of articles, behind the article it was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArticleCursor {
    /// Creation time of the last article seen.
    pub created_at: DateTime<Utc>,
    /// Its id, which orders articles of the same microsecond.
    pub id: ArticleId,
}

impl From<&ArticleSummary> for ArticleCursor {
    fn from(article: &ArticleSummary) -> Self {
        Self {
            created_at: article.created_at,
            id: article.id,
        }
    }
}
