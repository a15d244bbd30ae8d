use std::collections::HashSet;

use domain::article::Fragment;

use crate::analyzer::Word;
use crate::evidence::Evidence;
use crate::index::Index;

/// How long an excerpt is, in words.
const WORDS: usize = 40;
/// How many words it has before the first match at most.
const BEFORE: usize = 8;

/// The part of a text with the most different matches, in pieces that joined are that part. Pieces
/// are plain text: what is markup to somebody is theirs to escape.
pub(crate) fn excerpt(index: &Index, text: &str, evidence: &[Evidence]) -> Vec<Fragment> {
    let words = index.analyzer.words(text);
    let matches = matches(index, &words, evidence);
    let start = best_start(&words, &matches);
    let window = words.get(start..).unwrap_or_default();
    let window = window.get(..WORDS).unwrap_or(window);
    let (Some(first), Some(last)) = (window.first(), window.last()) else {
        return Vec::new();
    };
    let from = if start == 0 { 0 } else { first.from };
    let is_end = start + window.len() == words.len();
    let to = if is_end { text.len() } else { last.to };
    let mut fragments = Vec::new();
    let mut at = from;
    for (number, word) in window.iter().enumerate() {
        if matches.contains(&(start + number)) {
            push(&mut fragments, text.get(at..word.from), false);
            push(&mut fragments, text.get(word.from..word.to), true);
            at = word.to;
        }
    }
    push(&mut fragments, text.get(at..to), false);
    fragments
}

fn push(fragments: &mut Vec<Fragment>, text: Option<&str>, is_match: bool) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        fragments.push(Fragment {
            text: text.to_owned(),
            is_match,
        });
    }
}

/// The places of words that are looked for.
fn matches(index: &Index, words: &[Word], evidence: &[Evidence]) -> HashSet<usize> {
    let wanted: HashSet<&str> = evidence.iter().flat_map(|e| e.name.split(' ')).collect();
    let stems = words.iter().enumerate();
    let mut places: HashSet<usize> = stems
        .filter(|(_, word)| !word.is_stopped && wanted.contains(word.stem.as_str()))
        .map(|(place, _)| place)
        .collect();
    for mention in index.concepts.mentions(words) {
        if wanted.contains(mention.term.as_str()) {
            places.extend(mention.at..mention.at + mention.length);
        }
    }
    places
}

fn best_start(words: &[Word], matches: &HashSet<usize>) -> usize {
    if words.len() <= WORDS {
        return 0;
    }
    let mut places: Vec<usize> = matches.iter().copied().collect();
    places.sort_unstable();
    let distinct = |start: usize| {
        let within = places
            .iter()
            .filter(|place| (start..start + WORDS).contains(*place));
        let stems: HashSet<&str> = within
            .filter_map(|place| words.get(*place))
            .map(|word| word.stem.as_str())
            .collect();
        stems.len()
    };
    let starts = places.iter().map(|place| place.saturating_sub(BEFORE));
    let latest = words.len() - WORDS;
    // The first of equally good ones.
    starts
        .map(|start| start.min(latest))
        .rev()
        .max_by_key(|start| distinct(*start))
        .unwrap_or(0)
}
