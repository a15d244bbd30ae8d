use std::sync::Arc;

use super::change_article::{ManageArticlesError, ensure_staff};
use crate::article::{Article, ArticleContent, ArticleOrigin, Slug};
use crate::ids::ArticleId;
use crate::ports::{ArticleRepository, Clock, IdGenerator};
use crate::user::Actor;

/// An article as somebody wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewArticle {
    /// Its name in links; none to make one of the title.
    pub slug: Option<Slug>,
    /// What it says.
    pub content: ArticleContent,
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
        let NewArticle { slug, content } = new;
        let slug = slug
            .or_else(|| Slug::derive(content.title.as_str()))
            .unwrap_or_else(|| Slug::of_id(id));
        let article = content.into_article(id, slug, ArticleOrigin::Written, self.clock.now());
        self.articles.add(&article).await?;
        Ok(article)
    }
}
