use std::collections::{HashMap, HashSet};

use domain::article::{Passage, RankedPassage};

use super::question::Question;
use super::words::{is_weak, stems};

/// How much a word of the title or heading counts against one of the text.
const TITLE: f64 = 2.0;
const HEADING: f64 = 3.0;
/// BM25's usual constants: how soon repetitions stop counting, how much long texts are held back.
const K1: f64 = 1.2;
const B: f64 = 0.5;
/// How much a weak word counts in the ranking.
const WEAK: f64 = 0.3;

/// Passages with their words counted.
pub(super) struct Corpus {
    entries: Vec<Entry>,
    statistics: Statistics,
}

/// One passage with its words.
pub(super) struct Entry {
    passage: Passage,
    counts: HashMap<String, f64>,
    subject: HashSet<String>,
    length: f64,
}

/// What is counted over all passages.
pub(super) struct Statistics {
    frequencies: HashMap<String, usize>,
    passages: usize,
    mean_length: f64,
}

impl Corpus {
    pub(super) fn new(passages: impl IntoIterator<Item = Passage>) -> Self {
        let entries: Vec<Entry> = passages.into_iter().map(Entry::new).collect();
        let mut frequencies = HashMap::new();
        for word in entries.iter().flat_map(|entry| entry.counts.keys()) {
            *frequencies.entry(word.clone()).or_default() += 1;
        }
        let total: f64 = entries.iter().map(|entry| entry.length).sum();
        let statistics = Statistics {
            frequencies,
            passages: entries.len(),
            mean_length: (total / float(entries.len())).max(1.0),
        };
        Self {
            entries,
            statistics,
        }
    }

    /// The best passages, best first; equally good ones by title and heading.
    pub(super) fn rank(self, question: &Question, max: usize) -> Vec<RankedPassage> {
        let statistics = self.statistics;
        let mut ranked: Vec<RankedPassage> = self
            .entries
            .into_iter()
            .map(|entry| RankedPassage {
                score: entry.score(question, &statistics),
                fits: question.is_answered_by(&entry, &statistics),
                passage: entry.passage,
            })
            .filter(|ranked| ranked.score > 0.0)
            .collect();
        ranked.sort_by(|a, b| {
            let (one, other) = (&a.passage, &b.passage);
            b.score
                .total_cmp(&a.score)
                .then_with(|| one.title.cmp(&other.title))
                .then_with(|| one.heading.cmp(&other.heading))
        });
        ranked.truncate(max);
        ranked
    }
}

impl Entry {
    fn new(passage: Passage) -> Self {
        let title = stems(&passage.title);
        let heading = stems(passage.heading.as_deref().unwrap_or_default());
        let text = stems(&passage.text);
        let length = float(text.len());
        let subject = title.iter().chain(&heading).cloned().collect();
        let mut counts = HashMap::new();
        for (words, each) in [(title, TITLE), (heading, HEADING), (text, 1.0)] {
            for word in words {
                *counts.entry(word).or_default() += each;
            }
        }
        Self {
            passage,
            counts,
            subject,
            length,
        }
    }

    /// Whether the word stands anywhere in the passage.
    pub(super) fn contains(&self, word: &str) -> bool {
        self.counts.contains_key(word)
    }

    /// Whether the word stands in the title or the heading: what the passage is about.
    pub(super) fn is_about(&self, word: &str) -> bool {
        self.subject.contains(word)
    }

    fn score(&self, question: &Question, statistics: &Statistics) -> f64 {
        let held_back = 1.0 - B + B * self.length / statistics.mean_length;
        let score_of = |word: &String| {
            let count = self.counts.get(word)?;
            let weight = if is_weak(word) { WEAK } else { 1.0 };
            let saturated = count * (K1 + 1.0) / (count + K1 * held_back);
            Some(weight * statistics.rarity(word) * saturated)
        };
        question.words().iter().filter_map(score_of).sum()
    }
}

impl Statistics {
    /// Above 0, and the greater the fewer passages hold the word (BM25's IDF). A word that none
    /// holds is as rare as one in a single passage, or chatter would outweigh the question.
    pub(super) fn rarity(&self, word: &str) -> f64 {
        let holding = float(self.frequencies.get(word).copied().unwrap_or(1));
        ((float(self.passages) - holding + 0.5) / (holding + 0.5)).ln_1p()
    }

    /// Whether any passage holds the word.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.frequencies.contains_key(word)
    }
}

/// Counts are small enough to be exact.
fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}
