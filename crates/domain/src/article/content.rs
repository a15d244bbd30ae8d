use chrono::{DateTime, Utc};

use super::{Article, ArticleBody, ArticleOrigin, ArticleTitle, ArticleUrl, Slug};
use crate::ids::ArticleId;

/// What an article says, before anything is known of where it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleContent {
    /// Its title.
    pub title: ArticleTitle,
    /// Its text.
    pub body: ArticleBody,
    /// Where people read it.
    pub url: Option<ArticleUrl>,
    /// Whether customers and the assistant see it.
    pub published: bool,
}

impl ArticleContent {
    /// The first version of an article that says this.
    pub fn into_article(
        self,
        id: ArticleId,
        slug: Slug,
        origin: ArticleOrigin,
        at: DateTime<Utc>,
    ) -> Article {
        Article {
            id,
            slug,
            title: self.title,
            body: self.body,
            url: self.url,
            published: self.published,
            origin,
            version: 1,
            created_at: at,
            updated_at: at,
        }
    }
}
