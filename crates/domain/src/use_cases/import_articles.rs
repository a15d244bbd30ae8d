use std::sync::Arc;

use crate::article::{Article, ArticleContent, ArticleOrigin, ImportSummary, Slug};
use crate::ids::ArticleId;
use crate::ports::{ArticleRepository, Clock, IdGenerator, ImportArticlesError};

/// An article as a file says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedArticle {
    /// Its name in links, by which it is known again.
    pub slug: Slug,
    /// What it says.
    pub content: ArticleContent,
}

/// Brings the articles to what a folder of files says.
pub struct ImportArticles {
    articles: Arc<dyn ArticleRepository>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
}

impl ImportArticles {
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

    /// Stores what is new or changed, all or nothing; with `prune`, imported articles that no file
    /// has any more are deleted. No two files may have one slug.
    ///
    /// # Errors
    /// [`ImportArticlesError`] when people wrote articles of the same slugs or the store fails.
    pub async fn execute(
        &self,
        files: Vec<ImportedArticle>,
        prune: bool,
    ) -> Result<ImportSummary, ImportArticlesError> {
        let at = self.clock.now();
        let articles: Vec<Article> = files
            .into_iter()
            .map(|ImportedArticle { slug, content }| {
                let id = ArticleId::from_uuid(self.ids.generate());
                content.into_article(id, slug, ArticleOrigin::Imported, at)
            })
            .collect();
        self.articles.import(&articles, prune).await
    }
}
