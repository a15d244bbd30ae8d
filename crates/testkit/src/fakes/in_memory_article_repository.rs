use std::sync::Mutex;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::article::{
    Article, ArticleCursor, ArticleFilter, ArticleOrigin, ArticleSummary, ArticleUpdate,
    ImportSummary, Synonyms, plan_import,
};
use domain::ids::ArticleId;
use domain::page::{Page, PageLimit};
use domain::ports::{
    ArticleRepository, ChangeArticleError, ImportArticlesError, KnowledgeSource, RepositoryError,
};
use domain::ticket::ExpectedVersion;

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
    synonyms: Option<Synonyms>,
    revision: i64,
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
        let mut state = locked(&self.state);
        state.articles.clear();
        state.revision += 1;
    }

    /// Orders and ends outages of this store.
    pub fn outage(&self) -> Outage {
        self.outage.clone()
    }
}

impl State {
    fn insert(&mut self, article: &Article) -> Result<(), RepositoryError> {
        if self.articles.iter().any(|known| known.id == article.id) || self.has_slug(article) {
            return Err(RepositoryError::Conflict);
        }
        self.articles.push(article.clone());
        Ok(())
    }

    fn has_slug(&self, article: &Article) -> bool {
        self.articles
            .iter()
            .any(|other| other.slug == article.slug && other.id != article.id)
    }

    fn expected(
        &self,
        id: ArticleId,
        expected: &ExpectedVersion,
    ) -> Result<&Article, ChangeArticleError> {
        let known = self.articles.iter().find(|article| article.id == id);
        let article = known.ok_or(ChangeArticleError::NotFound)?;
        if expected.allows(Some(article.version)) {
            Ok(article)
        } else {
            Err(ChangeArticleError::VersionMismatch)
        }
    }

    fn save(&mut self, changed: &Article) {
        for article in &mut self.articles {
            if article.id == changed.id {
                article.clone_from(changed);
            }
        }
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
        let before = state.articles.clone();
        for sample in samples {
            if let Err(error) = state.insert(sample) {
                state.articles = before;
                return Err(error);
            }
        }
        state.samples_installed = true;
        state.revision += 1;
        Ok(true)
    }

    async fn find(&self, id: ArticleId) -> Result<Option<Article>, RepositoryError> {
        self.outage.check()?;
        Ok(self.articles().into_iter().find(|article| article.id == id))
    }

    async fn list(
        &self,
        filter: ArticleFilter,
        after: Option<ArticleCursor>,
        limit: PageLimit,
    ) -> Result<Page<ArticleSummary, ArticleCursor>, RepositoryError> {
        self.outage.check()?;
        let mut articles = self.articles();
        articles.sort_by_key(|article| std::cmp::Reverse((article.created_at, article.id)));
        let rows = articles
            .iter()
            .filter(|article| {
                filter
                    .published
                    .is_none_or(|wanted| wanted == article.published)
            })
            .filter(|article| {
                after.is_none_or(|cursor| {
                    (article.created_at, article.id) < (cursor.created_at, cursor.id)
                })
            })
            .take(limit.get() + 1)
            .map(ArticleSummary::from)
            .collect();
        Ok(Page::from_surplus(rows, limit, |article| {
            ArticleCursor::from(article)
        }))
    }

    async fn add(&self, article: &Article) -> Result<(), RepositoryError> {
        self.outage.check()?;
        let mut state = locked(&self.state);
        let before = state.articles.clone();
        state
            .articles
            .retain(|known| known.origin != ArticleOrigin::Sample);
        if let Err(error) = state.insert(article) {
            state.articles = before;
            return Err(error);
        }
        state.samples_installed = true;
        state.revision += 1;
        Ok(())
    }

    async fn change(
        &self,
        id: ArticleId,
        update: &ArticleUpdate,
        expected: &ExpectedVersion,
        at: DateTime<Utc>,
    ) -> Result<Article, ChangeArticleError> {
        self.outage.check()?;
        let mut state = locked(&self.state);
        let mut article = state.expected(id, expected)?.clone();
        article.apply(update, at);
        if state.has_slug(&article) {
            return Err(RepositoryError::Conflict.into());
        }
        state.save(&article);
        state.revision += 1;
        Ok(article)
    }

    async fn delete(
        &self,
        id: ArticleId,
        expected: &ExpectedVersion,
    ) -> Result<(), ChangeArticleError> {
        self.outage.check()?;
        let mut state = locked(&self.state);
        state.expected(id, expected)?;
        state.articles.retain(|article| article.id != id);
        state.revision += 1;
        Ok(())
    }

    async fn import(
        &self,
        files: &[Article],
        prune: bool,
    ) -> Result<ImportSummary, ImportArticlesError> {
        self.outage.check()?;
        let mut state = locked(&self.state);
        let plan = plan_import(&state.articles, files, prune)?;
        state
            .articles
            .retain(|article| !plan.delete.contains(&article.id));
        for article in &plan.update {
            state.save(article);
        }
        state.articles.extend(plan.create);
        state.samples_installed |= !files.is_empty();
        state.revision += 1;
        Ok(plan.summary)
    }
}

#[async_trait]
impl KnowledgeSource for InMemoryArticleRepository {
    async fn revision(&self) -> Result<i64, RepositoryError> {
        self.outage.check()?;
        Ok(locked(&self.state).revision)
    }

    async fn list_published(&self) -> Result<Vec<Article>, RepositoryError> {
        self.outage.check()?;
        let mut published = self.articles();
        published.retain(|article| article.published);
        published.sort_by(|a, b| a.slug.as_str().cmp(b.slug.as_str()));
        Ok(published)
    }

    async fn synonyms(&self) -> Result<Option<Synonyms>, RepositoryError> {
        self.outage.check()?;
        Ok(locked(&self.state).synonyms.clone())
    }

    async fn set_synonyms(&self, synonyms: Option<Synonyms>) -> Result<(), RepositoryError> {
        self.outage.check()?;
        let mut state = locked(&self.state);
        state.synonyms = synonyms;
        state.revision += 1;
        Ok(())
    }
}
