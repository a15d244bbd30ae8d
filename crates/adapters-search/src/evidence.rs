use std::collections::HashMap;

use domain::ports::BoxError;

use crate::analyzer::Word;
use crate::concepts::Mention;
use crate::index::{Correction, Index, float};

/// BM25's usual constants: how soon repetitions stop counting, how much long texts are held back.
const K1: f64 = 1.5;
const B: f64 = 0.3;
/// How much a synonym counts against the word itself.
const SYNONYM: f64 = 0.8;
/// How much one word of a phrase counts against the phrase.
const PART: f64 = 0.5;
/// How much a phrase within another one, or overlapping it, counts against that one.
const INNER: f64 = 0.8;
/// How much a weak word counts in the ranking.
const WEAK: f64 = 0.5;

/// A word or phrase of a question, and the passages that speak for being its answer.
#[derive(Debug)]
pub(crate) struct Evidence {
    /// What it looks for, which tells it from others.
    pub(crate) name: String,
    /// Whether it turns up in questions about anything.
    pub(crate) is_weak: bool,
    /// How many words it is: a phrase is as telling as two.
    pub(crate) words: usize,
    /// Above 0, and the greater the fewer passages hold it (BM25's IDF). What none holds is as
    /// rare as what a single one does, or chatter would outweigh the question.
    pub(crate) rarity: f64,
    /// Whether any passage holds it.
    pub(crate) is_known: bool,
    passages: HashMap<u32, Support>,
}

/// What a passage has of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Support {
    /// How often it stands there, saturated, and how rare what stands there is by itself: a rare
    /// word does not lose by having common synonyms.
    strength: f64,
    /// How near it is to what was asked: 1 for the word itself.
    pub(crate) nearness: f64,
    /// Whether the passage is about it.
    pub(crate) is_subject: bool,
}

/// Something that may stand in an article for a word of the question.
struct Alternative {
    term: String,
    nearness: f64,
    /// Whether it counts together with others of its kind: the words of a phrase.
    is_part: bool,
}

impl Evidence {
    pub(crate) fn support(&self, passage: u32) -> Option<Support> {
        self.passages.get(&passage).copied()
    }

    pub(crate) fn passages(&self) -> impl Iterator<Item = u32> {
        self.passages.keys().copied()
    }

    /// What it adds to the score of a passage.
    pub(crate) fn score(&self, passage: u32) -> f64 {
        let strength = self
            .support(passage)
            .map_or(0.0, |support| support.strength);
        let weight = if self.is_weak { WEAK } else { 1.0 };
        weight * strength
    }

    fn gather(
        index: &Index,
        alternatives: &[Alternative],
        is_weak: bool,
    ) -> Result<Self, BoxError> {
        let mut passages: HashMap<u32, Support> = HashMap::new();
        let mut parts: HashMap<u32, Support> = HashMap::new();
        for Alternative {
            term,
            nearness,
            is_part,
        } in alternatives
        {
            let holding = index.holding(term)?;
            let telling = rarity(index, holding.len());
            for (number, held) in holding {
                let held_back = 1.0 - B + B * index.relative_length(number);
                let saturated = held.count * (K1 + 1.0) / (held.count + K1 * held_back);
                let support = passages.entry(number).or_default();
                support.is_subject |= held.is_subject;
                let strength = nearness * saturated * telling;
                if *is_part {
                    let part = parts.entry(number).or_default();
                    part.strength += strength;
                    part.nearness += nearness;
                } else {
                    support.strength = support.strength.max(strength);
                    support.nearness = support.nearness.max(*nearness);
                }
            }
        }
        for (number, part) in parts {
            let support = passages.entry(number).or_default();
            support.strength = support.strength.max(part.strength);
            support.nearness = support.nearness.max(part.nearness.min(1.0));
        }
        let names: Vec<&str> = alternatives.iter().map(|a| a.term.as_str()).collect();
        Ok(Self {
            name: names.join(" "),
            is_weak,
            words: alternatives
                .iter()
                .filter(|a| a.is_part)
                .count()
                .clamp(1, 2),
            rarity: rarity(index, passages.len()),
            is_known: !passages.is_empty(),
            passages,
        })
    }
}

/// BM25's IDF of what so many passages hold.
fn rarity(index: &Index, holding: usize) -> f64 {
    let holding = float(holding.max(1));
    ((index.size() - holding + 0.5) / (holding + 0.5))
        .max(0.0)
        .ln_1p()
}

/// The evidence for each word and phrase of a sentence, in order.
pub(crate) fn of_words(index: &Index, words: &[Word]) -> Result<Vec<Evidence>, BoxError> {
    let mentions = index.concepts.mentions(words);
    let mut gathered = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        // Of mentions that begin here the longest is first.
        let length = mentions.iter().find(|m| m.at == at).map_or(1, |m| m.length);
        let here = mentions.iter().filter(|m| m.at == at && m.length == length);
        let concepts: Vec<String> = here.map(|mention| mention.term.clone()).collect();
        let (alternatives, is_weak) = if length == 1 {
            (
                of_word(index, word, concepts)?,
                index.analyzer.is_weak(&word.stem),
            )
        } else {
            let phrase = words.get(at..at + length).unwrap_or_default();
            let within = mentions
                .iter()
                .filter(|m| (at..at + length).contains(&m.at));
            let within = within.filter(|m| m.at > at || m.length < length);
            (of_phrase(phrase, concepts, within), false)
        };
        at += length;
        if !alternatives.is_empty() {
            gathered.push(Evidence::gather(index, &alternatives, is_weak)?);
        }
    }
    Ok(gathered)
}

fn of_word(
    index: &Index,
    word: &Word,
    concepts: Vec<String>,
) -> Result<Vec<Alternative>, BoxError> {
    if word.is_stopped {
        return Ok(Vec::new());
    }
    let mut alternatives = vec![Alternative {
        term: word.stem.clone(),
        nearness: 1.0,
        is_part: false,
    }];
    let is_foreign = concepts.is_empty();
    alternatives.extend(concepts.into_iter().map(|term| Alternative {
        term,
        nearness: SYNONYM,
        is_part: false,
    }));
    if is_foreign && index.holding(&word.stem)?.is_empty() {
        for Correction { spelling, nearness } in index.corrections(word)? {
            let corrected = index.analyzer.words(&spelling);
            for mention in index.concepts.mentions(&corrected) {
                alternatives.push(Alternative {
                    term: mention.term,
                    nearness: SYNONYM * nearness,
                    is_part: false,
                });
            }
            for told in corrected.into_iter().filter(|word| !word.is_stopped) {
                alternatives.push(Alternative {
                    term: told.stem,
                    nearness,
                    is_part: false,
                });
            }
        }
    }
    Ok(alternatives)
}

fn of_phrase<'a>(
    words: &[Word],
    concepts: Vec<String>,
    within: impl Iterator<Item = &'a Mention>,
) -> Vec<Alternative> {
    let concepts = concepts.into_iter().map(|term| Alternative {
        term,
        nearness: 1.0,
        is_part: false,
    });
    let within = within.map(|mention| Alternative {
        term: mention.term.clone(),
        nearness: if mention.length > 1 {
            INNER
        } else {
            PART * SYNONYM
        },
        is_part: false,
    });
    let told = words.iter().filter(|word| !word.is_stopped);
    let parts = told.map(|word| Alternative {
        term: word.stem.clone(),
        nearness: PART,
        is_part: true,
    });
    concepts.chain(within).chain(parts).collect()
}
