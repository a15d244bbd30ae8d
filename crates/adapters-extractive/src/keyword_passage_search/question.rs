use std::collections::BTreeSet;

use super::corpus::{Entry, Statistics};
use super::words::{is_weak, stems};

/// The share of a question's words, weighed by rarity, that a passage must hold to fit.
const SHARE: f64 = 0.5;

/// Sentences of at most so many strong words may lean on the subject: "and from abroad?"
const FOLLOW_UP_WORDS: usize = 3;

type Words = BTreeSet<String>;

/// A question taken to pieces.
///
/// Of several lines the first is the subject: it gives follow-ups their context, but what stands
/// below it decides. A subject alone would quote the same article whatever is asked next.
pub(super) struct Question {
    all: Words,
    subject: Words,
    sentences: Vec<Sentence>,
}

struct Sentence {
    strong: Words,
    asks: bool,
}

impl Question {
    pub(super) fn new(text: &str) -> Self {
        let (subject, body) = match text.trim().split_once('\n') {
            Some((subject, body)) => (subject, body),
            None => ("", text),
        };
        Self {
            all: stems(text).into_iter().collect(),
            subject: strong_words(subject),
            sentences: body
                .split_inclusive(['.', '!', '?', '\n'])
                .map(Sentence::new)
                .collect(),
        }
    }

    /// Every word of the question, once.
    pub(super) fn words(&self) -> &Words {
        &self.all
    }

    /// Whether a passage answers the question rather than merely sharing some words with it.
    pub(super) fn is_answered_by(&self, entry: &Entry, statistics: &Statistics) -> bool {
        let covered = |words: &Words| is_covered(words, entry, statistics);
        let saying: Vec<&Sentence> = self
            .sentences
            .iter()
            .filter(|sentence| !sentence.is_chatter(statistics))
            .collect();
        match saying.as_slice() {
            [] => covered(&self.subject),
            [only] => covered(&only.strong) || self.follows_up(only, entry, statistics),
            several => {
                let strong = several.iter().map(|sentence| &sentence.strong);
                covered(&strong.flatten().cloned().collect())
                    || several.iter().any(|sentence| {
                        // One word told in passing is too little.
                        (sentence.asks || sentence.strong.len() > 1) && covered(&sentence.strong)
                            || self.follows_up(sentence, entry, statistics)
                    })
            }
        }
    }

    /// Whether a short sentence and the subject are answered together.
    fn follows_up(&self, sentence: &Sentence, entry: &Entry, statistics: &Statistics) -> bool {
        let words = &sentence.strong;
        let joined: Words = words.union(&self.subject).cloned().collect();
        words.len() <= FOLLOW_UP_WORDS
            && joined.len() > 1
            && words.iter().any(|word| entry.contains(word))
            && is_covered(&joined, entry, statistics)
    }
}

impl Sentence {
    fn new(text: &str) -> Self {
        Self {
            strong: strong_words(text),
            asks: text.ends_with('?'),
        }
    }

    /// Greetings, thanks and signatures: nothing of substance, or a name or two.
    fn is_chatter(&self, statistics: &Statistics) -> bool {
        let is_name = !self.asks
            && self.strong.len() <= 2
            && !self.strong.iter().any(|word| statistics.knows(word));
        self.strong.is_empty() || is_name
    }
}

/// Whether the passage is about one of the words, holds enough of them, and two at least unless
/// there is only one.
fn is_covered(words: &Words, entry: &Entry, statistics: &Statistics) -> bool {
    let weight = |words: &mut dyn Iterator<Item = &String>| -> f64 {
        // One is added so that words of a small collection's every article count as well.
        words.map(|word| 1.0 + statistics.rarity(word)).sum()
    };
    let held = || words.iter().filter(|word| entry.contains(word));
    held().count() >= words.len().clamp(1, 2)
        && held().any(|word| entry.is_about(word))
        && weight(&mut held()) >= SHARE * weight(&mut words.iter())
}

fn strong_words(text: &str) -> Words {
    let stems = stems(text).into_iter();
    stems.filter(|stem| !is_weak(stem)).collect()
}
