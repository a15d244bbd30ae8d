//! Whether help articles are found by those who look for them.

use std::time::{Duration, Instant};

use domain::article::Article;
use domain::ports::{PassageSearch, RepositoryError};

use super::Finding;
use crate::causes::causes;
use crate::composition::examination::Store;

const ARTICLES: &str = "articles";
const INDEX: &str = "index";

/// How many articles are looked for.
const TRIED: usize = 20;
/// Among how many passages an article is looked for.
const LOOKED_AT: usize = 50;
/// Text of which every process makes an index in memory at each change.
const MUCH_TEXT: usize = 50 * 1024 * 1024;

pub(super) async fn examine(store: &Store, language: &str) -> Vec<Finding> {
    let articles = match store.knowledge.list_published().await {
        Ok(articles) => articles,
        Err(error) => return vec![Finding::bad(ARTICLES, causes(&error))],
    };
    if articles.is_empty() {
        let words = "none are published: there is nothing to answer from";
        return vec![Finding::doubtful(ARTICLES, words)];
    }
    let passages: usize = articles
        .iter()
        .map(|article| article.passages().len())
        .sum();
    let count = articles.len();
    let told = Finding::good(
        ARTICLES,
        format!("{count} are published, in {passages} passages"),
    );
    let index = match look_for(&articles, store.search.as_ref()).await {
        Ok(looked) => index(&looked, language),
        Err(error) => Finding::bad(
            INDEX,
            format!(
                "{}. It is made in memory, from the articles and the synonyms of the database",
                causes(&error)
            ),
        ),
    };
    vec![told, index]
}

/// What came of looking for articles by their own titles.
struct Looked {
    /// Until the index was made.
    took: Duration,
    /// How much text is in it, in bytes.
    text: usize,
    tried: usize,
    /// Titles by which their articles are not found.
    lost: Vec<String>,
}

async fn look_for(
    articles: &[Article],
    search: &dyn PassageSearch,
) -> Result<Looked, RepositoryError> {
    let started = Instant::now();
    search.search("", 1).await?;
    let took = started.elapsed();
    let text = articles
        .iter()
        .map(|article| article.body.as_str().len())
        .sum();
    let searched = articles
        .iter()
        .filter(|article| !article.passages().is_empty());
    // Some from everywhere.
    let apart = articles.len().div_ceil(TRIED).max(1);
    let mut tried = 0;
    let mut lost = Vec::new();
    for article in searched.step_by(apart) {
        let title = article.title.as_str();
        let found = search.search(title, LOOKED_AT).await?;
        tried += 1;
        if !found
            .iter()
            .any(|ranked| ranked.passage.article_id == article.id)
        {
            lost.push(title.to_owned());
        }
    }
    Ok(Looked {
        took,
        text,
        tried,
        lost,
    })
}

fn index(looked: &Looked, language: &str) -> Finding {
    let Looked {
        took,
        text,
        tried,
        lost,
    } = looked;
    if let Some(title) = lost.first() {
        let lost = lost.len();
        return Finding::doubtful(
            INDEX,
            format!(
                "{lost} of {tried} articles are not found by their own titles, such as \"{title}\". \
                 Is SEARCH_LANGUAGE ({language}) their language? A title of nothing but common words \
                 finds nothing either: give it a telling one"
            ),
        );
    }
    if *text > MUCH_TEXT {
        return Finding::doubtful(
            INDEX,
            format!(
                "articles have {} MiB of text, of which every process keeps an index in memory and \
                 makes it anew at each change: publish less",
                text / 1024 / 1024
            ),
        );
    }
    Finding::good(
        INDEX,
        format!(
            "is made in {} ms, and {tried} of {tried} articles are found by their titles",
            took.as_millis()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::Gravity;
    use super::*;

    #[test]
    fn much_text_and_lost_articles_are_doubtful() {
        for (text, lost, gravity, words) in [
            (10, vec![], Gravity::Good, "2 of 2 articles are found"),
            (MUCH_TEXT + 1, vec![], Gravity::Doubtful, "50 MiB of text"),
            (
                10,
                vec!["Was"],
                Gravity::Doubtful,
                "1 of 2 articles are not found",
            ),
        ] {
            let looked = Looked {
                took: Duration::from_millis(1),
                text,
                tried: 2,
                lost: lost.into_iter().map(str::to_owned).collect(),
            };
            let finding = index(&looked, "english");
            assert_eq!(finding.gravity, gravity);
            assert!(finding.words.contains(words), "{}", finding.words);
        }
    }
}
