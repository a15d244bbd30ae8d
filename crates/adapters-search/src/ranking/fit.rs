use crate::evidence::Evidence;
use crate::question::{Mood, Question, Sentence};

/// Sentences of at most so many strong words may lean on the subject: "and from abroad?"
const FOLLOW_UP_WORDS: usize = 3;
/// In stories of so many sentences those that ask nothing are told in passing.
const STORY: usize = 3;
/// How much a word that no article holds counts in what is asked: it may be chatter, or just what
/// no article answers.
const UNKNOWN: f64 = 0.5;

/// How much of a question's words a passage must hold to answer it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    /// Its article is the clear favourite.
    Low,
    /// Another article may be meant.
    High,
}

impl Demand {
    /// The share of the words, weighed by rarity.
    const fn share(self) -> f64 {
        match self {
            Self::Low => 0.25,
            Self::High => 0.65,
        }
    }
}

/// Whether a passage answers the question rather than merely sharing some words with it.
pub(super) fn is_answered(question: &Question, passage: u32, demand: Demand) -> bool {
    let saying: Vec<&Sentence> = question
        .sentences
        .iter()
        .filter(|sentence| !is_chatter(question, sentence))
        .collect();
    let covered = |words: &[&Evidence]| is_covered(words, passage, demand);
    let follows_up = |sentence| follows_up(question, sentence, passage, demand);
    match saying.as_slice() {
        [] => covered(&question.strong(&question.subject)),
        [only] => covered(&question.strong(only)) || follows_up(only),
        several => {
            let nothing_asked = several.iter().all(|s| s.mood == Mood::Tells);
            let may_tell = several.len() < STORY || nothing_asked;
            covered(&question.strong(&Sentence::joined(several)))
                || several.iter().any(|sentence| {
                    let strong = question.strong(sentence);
                    // One word told in passing is too little.
                    let tells = strong.len() > 1 && may_tell;
                    (sentence.asks() || tells) && covered(&strong) || follows_up(sentence)
                })
                || several.windows(2).any(|pair| {
                    let asks = pair.last().is_some_and(|last| last.asks());
                    asks && covered(&question.strong(&Sentence::joined(pair)))
                })
        }
    }
}

/// Whether a short sentence and the subject are answered together.
fn follows_up(question: &Question, sentence: &Sentence, passage: u32, demand: Demand) -> bool {
    let strong = question.strong(sentence);
    let mut all = sentence.all.clone();
    let subject = question.subject.all.iter();
    all.extend(subject.filter(|number| !sentence.all.contains(number)));
    let joined = Sentence {
        all,
        ..Sentence::default()
    };
    let joined = question.strong(&joined);
    strong.len() <= FOLLOW_UP_WORDS
        && joined.len() > 1
        && strong.iter().any(|e| e.support(passage).is_some())
        && is_covered(&joined, passage, demand)
}

/// Greetings, thanks and signatures: nothing of substance, or a name or two.
fn is_chatter(question: &Question, sentence: &Sentence) -> bool {
    let strong = question.strong(sentence);
    let is_name = !sentence.asks() && strong.len() <= 2 && !strong.iter().any(|e| e.is_known);
    strong.is_empty() || is_name
}

/// Whether the passage is about one of the words, holds enough of them, and two at least unless
/// there is only one.
fn is_covered(words: &[&Evidence], passage: u32, demand: Demand) -> bool {
    let all: usize = words.iter().map(|evidence| evidence.words).sum();
    let mut held = 0;
    let mut is_about = false;
    let mut asked = 0.0;
    let mut covered = 0.0;
    for evidence in words {
        // One is added so that words of a small collection's every article count as well.
        let weight = 1.0 + evidence.rarity;
        asked += if evidence.is_known {
            weight
        } else {
            UNKNOWN * weight
        };
        if let Some(support) = evidence.support(passage) {
            held += evidence.words;
            is_about |= support.is_subject;
            covered += support.nearness * weight;
        }
    }
    held >= all.clamp(1, 2) && is_about && covered >= demand.share() * asked
}
