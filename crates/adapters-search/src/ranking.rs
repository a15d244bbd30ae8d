use std::collections::BTreeSet;

use domain::article::RankedPassage;

use crate::evidence::Evidence;
use crate::index::Index;
use crate::question::{Question, Sentence};

/// The share of a question's words, weighed by rarity, that a passage must hold to fit.
const SHARE: f64 = 0.5;
/// Sentences of at most so many strong words may lean on the subject: "and from abroad?"
const FOLLOW_UP_WORDS: usize = 3;
/// How much the sentence that a passage answers best counts beside the whole question, of which
/// much is chatter when it is long.
const BEST_SENTENCE: f64 = 1.0;

/// A passage in a ranking.
struct Place {
    number: u32,
    score: f64,
}

/// The best passages, best first; equally good ones by title and heading.
pub(crate) fn rank(index: &Index, question: &Question, max: usize) -> Vec<RankedPassage> {
    let candidates: BTreeSet<u32> = question
        .evidence()
        .iter()
        .flat_map(Evidence::passages)
        .collect();
    let mut places: Vec<Place> = candidates
        .into_iter()
        .map(|number| Place {
            number,
            score: score(question, number),
        })
        .filter(|place| place.score > 0.0)
        .collect();
    let name = |place: &Place| {
        let passage = index.passage(place.number);
        passage.map(|passage| (&passage.title, &passage.heading))
    };
    places.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| name(a).cmp(&name(b)))
    });
    places.truncate(max);
    let ranked = places.into_iter().filter_map(|place| {
        Some(RankedPassage {
            passage: index.passage(place.number)?.clone(),
            score: place.score,
            fits: is_answered(question, place.number),
        })
    });
    ranked.collect()
}

fn score(question: &Question, passage: u32) -> f64 {
    let whole: f64 = question.evidence().iter().map(|e| e.score(passage)).sum();
    let sentences = question.sentences.iter();
    let best = sentences
        .map(|sentence| question.of(sentence).map(|e| e.score(passage)).sum())
        .fold(0.0, f64::max);
    whole + BEST_SENTENCE * best
}

/// Whether a passage answers the question rather than merely sharing some words with it.
fn is_answered(question: &Question, passage: u32) -> bool {
    let saying: Vec<&Sentence> = question
        .sentences
        .iter()
        .filter(|sentence| !is_chatter(question, sentence))
        .collect();
    let covered = |words: &[&Evidence]| is_covered(words, passage);
    match saying.as_slice() {
        [] => covered(&question.strong(&question.subject)),
        [only] => covered(&question.strong(only)) || follows_up(question, only, passage),
        several => {
            let all: BTreeSet<usize> = several.iter().flat_map(|s| &s.all).copied().collect();
            let whole = Sentence {
                all: all.into_iter().collect(),
                asks: false,
            };
            covered(&question.strong(&whole))
                || several.iter().any(|sentence| {
                    let strong = question.strong(sentence);
                    // One word told in passing is too little.
                    (sentence.asks || strong.len() > 1) && covered(&strong)
                        || follows_up(question, sentence, passage)
                })
        }
    }
}

/// Whether a short sentence and the subject are answered together.
fn follows_up(question: &Question, sentence: &Sentence, passage: u32) -> bool {
    let strong = question.strong(sentence);
    let mut joined = sentence.all.clone();
    joined.extend(
        question
            .subject
            .all
            .iter()
            .filter(|n| !sentence.all.contains(n)),
    );
    let joined = Sentence {
        all: joined,
        asks: false,
    };
    let joined = question.strong(&joined);
    strong.len() <= FOLLOW_UP_WORDS
        && joined.len() > 1
        && strong.iter().any(|e| e.support(passage).is_some())
        && is_covered(&joined, passage)
}

/// Greetings, thanks and signatures: nothing of substance, or a name or two.
fn is_chatter(question: &Question, sentence: &Sentence) -> bool {
    let strong = question.strong(sentence);
    let is_name = !sentence.asks && strong.len() <= 2 && !strong.iter().any(|e| e.is_known);
    strong.is_empty() || is_name
}

/// Whether the passage is about one of the words, holds enough of them, and two at least unless
/// there is only one.
fn is_covered(words: &[&Evidence], passage: u32) -> bool {
    // One is added so that words of a small collection's every article count as well.
    let weight = |evidence: &Evidence| 1.0 + evidence.rarity;
    let all: f64 = words.iter().map(|evidence| weight(evidence)).sum();
    let mut held = 0;
    let mut is_about = false;
    let mut covered = 0.0;
    for evidence in words {
        if let Some(support) = evidence.support(passage) {
            held += 1;
            is_about |= support.is_subject;
            covered += support.nearness * weight(evidence);
        }
    }
    held >= words.len().clamp(1, 2) && is_about && covered >= SHARE * all
}
