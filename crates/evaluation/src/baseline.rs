use std::collections::HashMap;

use domain::article::{Article, Passage, RankedPassage};
use domain::ports::{PassageSearch, RepositoryError};

/// Lucene's English stop words.
const STOP_WORDS: &str = " a an and are as at be but by for if in into is it no not of on or such \
     that the their then there these they this to was will with ";
const K1: f64 = 1.2;
const B: f64 = 0.75;

/// What one gets without further thought: BM25 over the words of passages as they are written,
/// stop words removed. It has no way to say that nothing fits.
pub(crate) struct PlainBm25 {
    passages: Vec<(Passage, HashMap<String, f64>, f64)>,
    frequencies: HashMap<String, f64>,
    mean_length: f64,
}

impl PlainBm25 {
    pub(crate) fn new(articles: &[Article]) -> Self {
        let mut frequencies: HashMap<String, f64> = HashMap::new();
        let mut passages = Vec::new();
        let mut total = 0.0;
        for passage in articles.iter().flat_map(Article::passages) {
            let heading = passage.heading.as_deref().unwrap_or_default();
            let text = format!("{} {heading} {}", passage.title, passage.text);
            let mut counts: HashMap<String, f64> = HashMap::new();
            let mut length = 0.0;
            for word in words(&text) {
                *counts.entry(word).or_default() += 1.0;
                length += 1.0;
            }
            for word in counts.keys() {
                *frequencies.entry(word.clone()).or_default() += 1.0;
            }
            total += length;
            passages.push((passage, counts, length));
        }
        let number = float(passages.len());
        Self {
            passages,
            frequencies,
            mean_length: total / number,
        }
    }

    fn rarity(&self, word: &str) -> f64 {
        let holding = self.frequencies.get(word).copied().unwrap_or_default();
        ((float(self.passages.len()) - holding + 0.5) / (holding + 0.5)).ln_1p()
    }
}

#[async_trait::async_trait]
impl PassageSearch for PlainBm25 {
    async fn search(
        &self,
        question: &str,
        max: usize,
    ) -> Result<Vec<RankedPassage>, RepositoryError> {
        let mut asked: Vec<String> = words(question).collect();
        asked.sort();
        asked.dedup();
        let ranked = self.passages.iter().map(|(passage, counts, length)| {
            let score = asked.iter().map(|word| {
                let count = counts.get(word).copied().unwrap_or_default();
                let held_back = 1.0 - B + B * length / self.mean_length;
                self.rarity(word) * count * (K1 + 1.0) / (count + K1 * held_back)
            });
            RankedPassage {
                passage: passage.clone(),
                score: score.sum(),
                fits: true,
            }
        });
        let mut ranked: Vec<_> = ranked.filter(|ranked| ranked.score > 0.0).collect();
        ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
        ranked.truncate(max);
        Ok(ranked)
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let lower = text.to_lowercase();
    let words: Vec<String> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !STOP_WORDS.contains(&format!(" {word} ")))
        .map(str::to_owned)
        .collect();
    words.into_iter()
}

/// Counts are small enough to be exact.
fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}
