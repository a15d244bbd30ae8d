use std::sync::Arc;

use super::change_article::{ManageArticlesError, ensure_staff};
use crate::article::{Article, ArticleBody, ArticleOrigin, ArticleTitle, ArticleUrl, Slug};
use crate::ids::ArticleId;
use crate::ports::{ArticleRepository, Clock, IdGenerator};
use crate::user::Actor;

/// An article as somebody wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewArticle {
    /// Its name in links; none to make one of the title.
    pub slug: Option<Slug>,
    /// Its title.
    pub title: ArticleTitle,
    /// Its text.
    pub body: ArticleBody,
    /// Where people read it.
    pub url: Option<ArticleUrl>,
    /// Whether customers and the assistant see it.
    pub published: bool,
}

/// Adds an article, for staff.
pub struct CreateArticle {
    articles: Arc<dyn ArticleRepository>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
}

impl CreateArticle {
    /// Wires the use case.
    pub fn new(
        articles: Arc<dyn ArticleRepository>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGenerator>,
    ) -> Self {
        Self {
            articles,
            clock,
            ids,
        }
    }

    /// Stores the article. The first one removes the samples.
    ///
    /// # Errors
    /// [`ManageArticlesError`] for customers, and when another article has the slug.
    pub async fn execute(
        &self,
        actor: Actor,
        new: NewArticle,
    ) -> Result<Article, ManageArticlesError> {
        ensure_staff(actor)?;
        let id = ArticleId::from_uuid(self.ids.generate());
        let at = self.clock.now();
        let slug = new.slug.or_else(|| Slug::derive(new.title.as_str()));
        let article = Article {
            id,
            slug: slug.unwrap_or_else(|| Slug::of_id(id)),
            title: new.title,
            body: new.body,
            url: new.url,
            published: new.published,
            origin: ArticleOrigin::Written,
            version: 1,
            created_at: at,
            updated_at: at,
        };
        self.articles.add(&article).await?;
        Ok(article)
    }
}
