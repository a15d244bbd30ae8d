mod sentences;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::ports::BoxError;

pub(crate) use self::sentences::Mood;
use self::sentences::{mood, sentences};
use crate::evidence::{Evidence, of_words};
use crate::index::Index;

/// First lines that are longer are no subject but a paragraph.
const LONGEST_SUBJECT: usize = 200;
/// Questions of so many sentences tell a story around what they ask.
const STORY: usize = 4;
/// So many strong words make what is asked in a story a question by itself.
const TELLING: usize = 2;
/// How much sentences of a story count that neither ask nor are near one that does.
const TOLD: f64 = 0.4;
/// What is left of an asking sentence's weight for the one before it, for that one's, and so on.
const BEFORE: f64 = 0.7;
/// What is left of it for the one behind it.
const BEHIND: f64 = 0.4;

/// A question taken to pieces.
///
/// Of several lines the first is the subject: it gives follow-ups their context, but what stands
/// below it decides. A subject alone would quote the same article whatever is asked next.
pub(crate) struct Question {
    /// What all of it looks for, everything once.
    evidence: Arc<[Evidence]>,
    /// How much each of it counts: less where it is told in passing.
    weights: Vec<f64>,
    pub(crate) subject: Sentence,
    pub(crate) sentences: Vec<Sentence>,
}

/// A sentence, as places in the question's evidence.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sentence {
    pub(crate) all: Vec<usize>,
    pub(crate) mood: Mood,
    /// How much it counts against one that asks.
    pub(crate) weight: f64,
}

/// Gathers evidence, everything once.
#[derive(Default)]
struct Gathering {
    evidence: Vec<Evidence>,
    known: BTreeMap<String, usize>,
}

impl Question {
    pub(crate) fn new(index: &Index, text: &str) -> Result<Self, BoxError> {
        let (subject, body) = match text.trim().split_once('\n') {
            Some((subject, body)) if subject.len() <= LONGEST_SUBJECT => (subject, body),
            _ => ("", text),
        };
        let mut gathering = Gathering::default();
        let mut subject = gathering.sentence(index, subject)?;
        let mut sentences = sentences(body)
            .into_iter()
            .map(|text| gathering.sentence(index, text))
            .collect::<Result<Vec<_>, _>>()?;
        // Whoever asks in the subject and tells a story below it asks nothing else.
        if subject.asks() && sentences.len() >= STORY && !sentences.iter().any(Sentence::asks) {
            sentences.insert(0, std::mem::take(&mut subject));
        }
        weigh(&mut sentences);
        let mut weights = vec![0.0_f64; gathering.evidence.len()];
        for sentence in sentences.iter().chain([&subject]) {
            for number in &sentence.all {
                if let Some(weight) = weights.get_mut(*number) {
                    *weight = weight.max(sentence.weight);
                }
            }
        }
        Ok(Self {
            evidence: gathering.evidence.into(),
            weights,
            subject,
            sentences,
        })
    }

    /// What is asked, without the story around it; none where nobody tells one, or where what is
    /// asked means little by itself.
    pub(crate) fn without_story(&self) -> Option<Self> {
        if self.sentences.len() < STORY {
            return None;
        }
        let asking: Vec<&Sentence> = self.sentences.iter().filter(|s| s.asks()).collect();
        let joined = Sentence::joined(&asking);
        if self.strong(&joined).len() < TELLING {
            return None;
        }
        let mut weights = vec![0.0; self.evidence.len()];
        for number in joined.all {
            if let Some(weight) = weights.get_mut(number) {
                *weight = 1.0;
            }
        }
        Some(Self {
            evidence: Arc::clone(&self.evidence),
            weights,
            subject: Sentence::default(),
            sentences: asking.into_iter().cloned().collect(),
        })
    }

    pub(crate) fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }

    /// All that it looks for, and how much that counts.
    pub(crate) fn weighed(&self) -> impl Iterator<Item = (&Evidence, f64)> {
        self.evidence.iter().zip(self.weights.iter().copied())
    }

    /// What a sentence looks for.
    pub(crate) fn of<'a>(&'a self, sentence: &'a Sentence) -> impl Iterator<Item = &'a Evidence> {
        let all = sentence.all.iter();
        all.filter_map(|number| self.evidence.get(*number))
    }

    /// What a sentence looks for that tells of its subject.
    pub(crate) fn strong<'a>(&'a self, sentence: &'a Sentence) -> Vec<&'a Evidence> {
        let all = self.of(sentence);
        all.filter(|evidence| !evidence.is_weak).collect()
    }
}

impl Sentence {
    /// Several as one.
    pub(crate) fn joined(sentences: &[&Self]) -> Self {
        let all: BTreeSet<usize> = sentences.iter().flat_map(|s| &s.all).copied().collect();
        Self {
            all: all.into_iter().collect(),
            ..Self::default()
        }
    }

    pub(crate) fn asks(&self) -> bool {
        self.mood == Mood::Asks
    }
}

impl Gathering {
    fn sentence(&mut self, index: &Index, text: &str) -> Result<Sentence, BoxError> {
        let words = index.analyzer.words(text);
        let mut all = Vec::new();
        for evidence in of_words(index, &words)? {
            let next = self.evidence.len();
            let number = *self.known.entry(evidence.name.clone()).or_insert(next);
            if number == next {
                self.evidence.push(evidence);
            }
            if !all.contains(&number) {
                all.push(number);
            }
        }
        Ok(Sentence {
            all,
            mood: mood(text, &words),
            weight: 1.0,
        })
    }
}

/// In a story what is asked, and what stands before it, counts more than the rest: "is that it?"
/// means nothing by itself. Where nothing is asked, wishes are.
fn weigh(sentences: &mut [Sentence]) {
    let wanted = sentences.iter().map(|s| s.mood).max().unwrap_or_default();
    if sentences.len() < STORY || wanted == Mood::Tells {
        return;
    }
    for sentence in sentences.iter_mut().filter(|s| s.mood != wanted) {
        sentence.weight = TOLD;
    }
    spread(sentences.iter_mut().rev(), BEFORE);
    spread(sentences.iter_mut(), BEHIND);
}

/// Hands on what a sentence weighs to the next.
fn spread<'a>(sentences: impl Iterator<Item = &'a mut Sentence>, share: f64) {
    let mut handed = 0.0_f64;
    for sentence in sentences {
        sentence.weight = sentence.weight.max(handed);
        handed = sentence.weight * share;
    }
}
