use std::collections::BTreeSet;

use domain::ports::BoxError;
use tantivy::Term;
use tantivy::query::FuzzyTermQuery;

use super::Index;
use crate::analyzer::Word;
use crate::spelling::{distance, sound};

/// Words of fewer letters are not taken for misspelt: too many others look like them.
const SHORTEST_MISSPELT: usize = 5;
/// Words of so many letters that sound like another may be.
const SHORTEST_HEARD: usize = 4;
/// Words of so many letters may have two mistakes.
const LONG: usize = 7;
/// What the mistakes in a word may cost, and in a long one.
const MOST: f64 = 1.2;
const MOST_LONG: f64 = 2.0;
/// What is left of that cost when both words sound alike.
const HEARD: f64 = 0.5;
/// How many words a misspelt one may stand for.
const CORRECTIONS: usize = 3;
/// How many letters each of two words has that were written as one.
const SHORTEST_PART: usize = 3;
/// What a mistake takes from how near a correction is.
const MISTAKE: f64 = 0.2;

/// What a misspelt word may have been meant to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Correction {
    pub(crate) spelling: String,
    /// 1 for the word itself.
    pub(crate) nearness: f64,
}

impl Index {
    /// What a word that no article has may have been meant to be, the likeliest spellings only;
    /// nothing for words that are known.
    pub(crate) fn corrections(&self, word: &Word) -> Result<Vec<Correction>, BoxError> {
        let letters = word.plain.chars().count();
        let is_text = word.plain.chars().all(char::is_alphabetic);
        if !is_text || letters < SHORTEST_HEARD || self.is_spelling(&word.plain)? {
            return Ok(Vec::new());
        }
        let mut found: Vec<(f64, String)> = Vec::new();
        for meant in self.candidates(&word.plain)? {
            let cost = self.cost(&word.plain, &meant);
            let most = match letters {
                LONG.. => MOST_LONG,
                _ => MOST,
            };
            if cost <= most {
                found.push((cost, meant));
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        let best = found.first().map_or(0.0, |(cost, _)| *cost);
        found.retain(|(cost, _)| *cost <= best + MISTAKE);
        found.truncate(CORRECTIONS);
        if found.is_empty() {
            return self.parts(&word.plain);
        }
        let corrections = found.into_iter().map(|(cost, spelling)| Correction {
            spelling,
            nearness: 1.0 - MISTAKE * cost,
        });
        Ok(corrections.collect())
    }

    /// Whether an article has a word, as it is written here or as a stem.
    pub(crate) fn is_spelling(&self, text: &str) -> Result<bool, BoxError> {
        let Some(segment) = &self.segment else {
            return Ok(false);
        };
        let term = Term::from_field_text(self.fields.spelling, text);
        let inverted = segment.inverted_index(self.fields.spelling)?;
        Ok(inverted.get_term_info(&term)?.is_some())
    }

    fn cost(&self, written: &str, meant: &str) -> f64 {
        let cost = distance(written, meant);
        if self.sounds.is_empty() || sound(written) != sound(meant) {
            cost
        } else {
            HEARD * cost
        }
    }

    /// Words that are written or sound much like one.
    fn candidates(&self, written: &str) -> Result<BTreeSet<String>, BoxError> {
        let letters = written.chars().count();
        let mut found = BTreeSet::new();
        if let Some(heard) = self.sounds.get(&sound(written)) {
            found.extend(heard.iter().cloned());
        }
        let Some(segment) = self
            .segment
            .as_ref()
            .filter(|_| letters >= SHORTEST_MISSPELT)
        else {
            return Ok(found);
        };
        let inverted = segment.inverted_index(self.fields.spelling)?;
        let mistakes = if letters < LONG { 1 } else { 2 };
        let term = Term::from_field_text(self.fields.spelling, written);
        let automaton = FuzzyTermQuery::new(term, mistakes, true).automaton()?;
        let mut stream = inverted.terms().search(automaton).into_stream()?;
        while stream.advance() {
            let spelling = str::from_utf8(stream.key())?;
            if spelling.chars().count() + 1 >= SHORTEST_MISSPELT {
                found.insert(spelling.to_owned());
            }
        }
        Ok(found)
    }

    /// The two words that one may have been meant to be.
    fn parts(&self, written: &str) -> Result<Vec<Correction>, BoxError> {
        for (at, _) in written.char_indices().skip(SHORTEST_PART) {
            let (first, second) = written.split_at(at);
            if second.chars().count() < SHORTEST_PART || !self.is_spelling(first)? {
                continue;
            }
            let near = self.candidates(second)?.into_iter();
            let mut near: Vec<(f64, String)> = near
                .map(|meant| (self.cost(second, &meant), meant))
                .collect();
            if self.is_spelling(second)? {
                near.push((0.0, second.to_owned()));
            }
            near.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
            if let Some((cost, second)) = near.into_iter().find(|(cost, _)| *cost <= MOST) {
                return Ok(vec![Correction {
                    spelling: format!("{first} {second}"),
                    nearness: 1.0 - MISTAKE * cost,
                }]);
            }
        }
        Ok(Vec::new())
    }
}
