use chrono::{DateTime, Utc};

use super::{Article, ArticleBody, ArticleOrigin, ArticleTitle, ArticleUrl, Slug};
use crate::ticket::Setting;

/// What a person wants of an article. Fields that are none stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArticleUpdate {
    /// Its name in links.
    pub slug: Option<Slug>,
    /// Its title.
    pub title: Option<ArticleTitle>,
    /// Its text.
    pub body: Option<ArticleBody>,
    /// Where people read it.
    pub url: Setting<ArticleUrl>,
    /// Whether customers and the assistant see it.
    pub published: Option<bool>,
}

impl Article {
    /// Changes the fields. What changes nothing raises no version. A sample that somebody worked
    /// on is a sample no longer, lest their work go with the samples.
    pub fn apply(&mut self, update: &ArticleUpdate, at: DateTime<Utc>) {
        let mut after = self.clone();
        if let Some(slug) = &update.slug {
            after.slug = slug.clone();
        }
        if let Some(title) = &update.title {
            after.title = title.clone();
        }
        if let Some(body) = &update.body {
            after.body = body.clone();
        }
        if let Some(published) = update.published {
            after.published = published;
        }
        update.url.apply_to(&mut after.url);
        if after != *self {
            after.version += 1;
            after.updated_at = at;
            if after.origin == ArticleOrigin::Sample {
                after.origin = ArticleOrigin::Written;
            }
            *self = after;
        }
    }
}
