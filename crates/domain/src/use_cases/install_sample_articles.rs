use std::sync::Arc;

use thiserror::Error;

use crate::article::{ArticleBody, ArticleContent, ArticleOrigin, ArticleTitle, Slug, SlugError};
use crate::ids::ArticleId;
use crate::ports::{ArticleRepository, Clock, IdGenerator, RepositoryError};
use crate::text::TextError;

/// An article that ships with the program.
#[derive(Clone, Copy, Debug)]
pub struct SampleArticle {
    /// Its name in links.
    pub slug: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Its text in Markdown.
    pub body: &'static str,
}

/// Why the samples were not installed.
#[derive(Debug, Error)]
pub enum SampleError {
    /// A sample's text is not fit to be an article's.
    #[error("a sample article's text is invalid")]
    Text(#[from] TextError),
    /// A sample's slug is none.
    #[error("a sample article's slug is invalid")]
    Slug(#[from] SlugError),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Gives a new installation articles to answer from.
pub struct InstallSampleArticles {
    articles: Arc<dyn ArticleRepository>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
}

impl InstallSampleArticles {
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

    /// Stores the samples on an installation's first start; answers whether it was the first.
    ///
    /// # Errors
    /// [`SampleError`] when a sample is invalid or the store fails.
    pub async fn execute(&self, samples: &[SampleArticle]) -> Result<bool, SampleError> {
        let at = self.clock.now();
        let articles = samples
            .iter()
            .map(|sample| {
                let id = ArticleId::from_uuid(self.ids.generate());
                let slug = Slug::parse(sample.slug)?;
                let content = ArticleContent {
                    title: ArticleTitle::parse(sample.title)?,
                    body: ArticleBody::parse(sample.body)?,
                    url: None,
                    published: true,
                };
                Ok(content.into_article(id, slug, ArticleOrigin::Sample, at))
            })
            .collect::<Result<Vec<_>, SampleError>>()?;
        Ok(self.articles.install_samples(&articles, at).await?)
    }
}
