mod corpus;
mod question;
mod words;

use std::sync::Arc;

use async_trait::async_trait;
use domain::article::{Article, RankedPassage};
use domain::ports::{ArticleRepository, PassageSearch, RepositoryError};

use self::corpus::Corpus;
use self::question::Question;

/// Ranks passages by the words that they share with a question (BM25), those of titles and
/// headings above those of the text.
///
/// It understands English plurals and verb forms, not meaning, and errs on the side of "does not
/// fit". Every question reads all published articles, which is good enough for some hundred of
/// them; more ask for a search that keeps an index.
pub struct KeywordPassageSearch {
    articles: Arc<dyn ArticleRepository>,
}

impl KeywordPassageSearch {
    /// Searches the published articles of this store.
    pub fn new(articles: Arc<dyn ArticleRepository>) -> Self {
        Self { articles }
    }
}

#[async_trait]
impl PassageSearch for KeywordPassageSearch {
    async fn search(
        &self,
        question: &str,
        max: usize,
    ) -> Result<Vec<RankedPassage>, RepositoryError> {
        let articles = self.articles.list_published().await?;
        let passages = articles.iter().flat_map(Article::passages);
        let corpus = Corpus::new(passages);
        Ok(corpus.rank(&Question::new(question), max))
    }
}
