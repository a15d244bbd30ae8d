mod follow;

use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use domain::article::{FoundPassage, RankedPassage, Synonyms};
use domain::ports::{ArticleSearch, BoxError, KnowledgeSource, PassageSearch, RepositoryError};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::built_in_synonyms::built_in_synonyms;
use crate::excerpt::excerpt;
use crate::index::Index;
use crate::language::SearchLanguage;
use crate::question::Question;
use crate::ranking::rank;

/// Ranks passages by an index in memory.
///
/// Words are compared by their stems, without diacritics, along with synonyms, and misspelt ones
/// as what they were meant to be. Words of titles and headings count above those of the text, rare
/// words above common ones, and the best sentence of a question beside the whole of it. Nothing is
/// known of meaning; whether a passage fits errs on the side of "does not".
///
/// The first search makes the index; [`follow`](Self::follow) makes it anew when articles changed.
#[derive(Clone)]
pub struct TantivyPassageSearch {
    inner: Arc<Inner>,
}

struct Inner {
    knowledge: Arc<dyn KnowledgeSource>,
    language: SearchLanguage,
    built_in: Synonyms,
    current: RwLock<Option<Arc<Snapshot>>>,
    /// Held while an index is made, so that one is made at a time.
    making: Mutex<()>,
}

/// An index, and what it was made from.
struct Snapshot {
    revision: i64,
    index: Index,
}

impl TantivyPassageSearch {
    /// Searches the published articles of this store.
    pub fn new(knowledge: Arc<dyn KnowledgeSource>, language: SearchLanguage) -> Self {
        Self {
            inner: Arc::new(Inner {
                knowledge,
                language,
                built_in: built_in_synonyms(language),
                current: RwLock::new(None),
                making: Mutex::new(()),
            }),
        }
    }

    /// The synonyms of its language that are used until others are set.
    pub fn built_in_synonyms(&self) -> &Synonyms {
        &self.inner.built_in
    }

    async fn snapshot(&self) -> Result<Arc<Snapshot>, RepositoryError> {
        if let Some(snapshot) = self.inner.current() {
            return Ok(snapshot);
        }
        let _making = self.inner.making.lock().await;
        match self.inner.current() {
            Some(snapshot) => Ok(snapshot),
            None => self.inner.make().await,
        }
    }

    /// Asks the index away from the threads that serve.
    async fn ask<R: Send + 'static>(
        &self,
        question: &str,
        answer: impl FnOnce(&Index, &Question) -> Result<R, BoxError> + Send + 'static,
    ) -> Result<R, RepositoryError> {
        let snapshot = self.snapshot().await?;
        let question = question.to_owned();
        let asking = spawn_blocking(move || {
            let index = &snapshot.index;
            answer(index, &Question::new(index, &question)?)
        });
        asking
            .await
            .map_err(|error| RepositoryError::Corrupt(error.into()))?
            .map_err(RepositoryError::Corrupt)
    }
}

#[async_trait]
impl PassageSearch for TantivyPassageSearch {
    async fn search(
        &self,
        question: &str,
        max: usize,
    ) -> Result<Vec<RankedPassage>, RepositoryError> {
        self.ask(question, move |index, question| {
            Ok(rank(index, question, max))
        })
        .await
    }
}

#[async_trait]
impl ArticleSearch for TantivyPassageSearch {
    async fn find(&self, query: &str, max: usize) -> Result<Vec<FoundPassage>, RepositoryError> {
        self.ask(query, move |index, question| {
            let ranked = rank(index, question, max).into_iter();
            let found = ranked.map(|ranked| FoundPassage {
                excerpt: excerpt(index, &ranked.passage.text, question.evidence()),
                ranked,
            });
            Ok(found.collect())
        })
        .await
    }
}

impl Inner {
    fn current(&self) -> Option<Arc<Snapshot>> {
        let current = self.current.read();
        current.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes an index and puts it in place of the one before, which those who are searching keep.
    async fn make(&self) -> Result<Arc<Snapshot>, RepositoryError> {
        // Asked for first: what changes meanwhile makes the index newer than it says, not older.
        let revision = self.knowledge.revision().await?;
        let articles = self.knowledge.list_published().await?;
        let set = self.knowledge.synonyms().await?;
        let synonyms = set.unwrap_or_else(|| self.built_in.clone());
        let language = self.language;
        let index = spawn_blocking(move || Index::build(&articles, &synonyms, language))
            .await
            .map_err(|error| RepositoryError::Corrupt(error.into()))?
            .map_err(RepositoryError::Corrupt)?;
        let snapshot = Arc::new(Snapshot { revision, index });
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = Some(Arc::clone(&snapshot));
        Ok(snapshot)
    }
}
