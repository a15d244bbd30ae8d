use std::collections::BTreeMap;

use domain::ports::BoxError;

use crate::evidence::{Evidence, of_words};
use crate::index::Index;

/// A question taken to pieces.
///
/// Of several lines the first is the subject: it gives follow-ups their context, but what stands
/// below it decides. A subject alone would quote the same article whatever is asked next.
pub(crate) struct Question {
    /// What all of it looks for, everything once.
    evidence: Vec<Evidence>,
    pub(crate) subject: Sentence,
    pub(crate) sentences: Vec<Sentence>,
}

/// A sentence, as places in the question's evidence.
#[derive(Debug, Default)]
pub(crate) struct Sentence {
    pub(crate) all: Vec<usize>,
    pub(crate) asks: bool,
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
            Some((subject, body)) => (subject, body),
            None => ("", text),
        };
        let mut gathering = Gathering::default();
        let subject = gathering.sentence(index, subject)?;
        let sentences = body
            .split_inclusive(['.', '!', '?', '\n'])
            .map(|text| gathering.sentence(index, text))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            evidence: gathering.evidence,
            subject,
            sentences,
        })
    }

    pub(crate) fn evidence(&self) -> &[Evidence] {
        &self.evidence
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
            asks: text.trim_end().ends_with('?'),
        })
    }
}
