use std::sync::Mutex;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::article::Article;
use domain::ports::{ArticleRepository, RepositoryError};

use super::{Outage, locked};

/// Articles in a list.
#[derive(Debug, Default)]
pub struct InMemoryArticleRepository {
    state: Mutex<State>,
    outage: Outage,
}

#[derive(Debug, Default)]
struct State {
    articles: Vec<Article>,
    samples_installed: bool,
}

impl InMemoryArticleRepository {
    /// A store that holds these articles and never had samples.
    pub fn holding(articles: impl IntoIterator<Item = Article>) -> Self {
        let store = Self::default();
        locked(&store.state).articles.extend(articles);
        store
    }

    /// Every article, published or not, in the order in which they were stored.
    pub fn articles(&self) -> Vec<Article> {
        locked(&self.state).articles.clone()
    }

    /// Deletes every article; that samples were installed once stays known.
    pub fn clear(&self) {
        locked(&self.state).articles.clear();
    }

    /// Orders and ends outages of this store.
    pub fn outage(&self) -> Outage {
        self.outage.clone()
    }
}

#[async_trait]
impl ArticleRepository for InMemoryArticleRepository {
    async fn install_samples(
        &self,
        samples: &[Article],
        _at: DateTime<Utc>,
    ) -> Result<bool, RepositoryError> {
        self.outage.check()?;
        let mut state = locked(&self.state);
        if state.samples_installed {
            return Ok(false);
        }
        let mut articles = state.articles.clone();
        for sample in samples {
            if articles
                .iter()
                .any(|known| known.id == sample.id || known.slug == sample.slug)
            {
                return Err(RepositoryError::Conflict);
            }
            articles.push(sample.clone());
        }
        state.articles = articles;
        state.samples_installed = true;
        Ok(true)
    }

    async fn list_published(&self) -> Result<Vec<Article>, RepositoryError> {
        self.outage.check()?;
        let mut published = self.articles();
        published.retain(|article| article.published);
        published.sort_by(|a, b| a.slug.as_str().cmp(b.slug.as_str()));
        Ok(published)
    }
}
