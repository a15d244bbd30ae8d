//! References of an answer to the numbered passages that it was made from, such as `[1]`.
//!
//! It sees text in pieces and numbers. It must not know what a source says or where it is kept.

mod code;

use std::collections::BTreeSet;

use self::code::CodeTracker;

/// What opens a reference as some models write it.
const MARK: char = '【';
/// What closes it.
const MARK_END: char = '】';
/// What stands in it before the place that is meant.
const PLACE: char = '†';

/// Takes references to sources that do not exist out of a text, while the text is being written.
///
/// A reference is one or several numbers of at most three digits in square brackets, such as `[1]`
/// or `[2, 3]`. Markdown's links `[1](…)`, footnotes `[^1]`, definitions `[1]: …`, escapes `\[1\]`
/// and code are none. Some models write `【1】` or, with the place they mean, `【1†L3-L5】`: that
/// becomes `[1]`. Whatever the pieces in which a text comes, what goes through is the same; the
/// only text held back is the beginning of what may become a reference.
#[derive(Debug)]
pub struct CitationFilter {
    sources: usize,
    cited: BTreeSet<usize>,
    code: CodeTracker,
    is_escaped: bool,
    /// Whether only blanks stand before this in its line.
    is_line_start: bool,
    candidate: Option<Candidate>,
}

/// What may become a reference.
#[derive(Debug)]
struct Candidate {
    /// What was held back, from the bracket on.
    text: String,
    /// Whether it has its closing bracket, so that the next character decides.
    is_closed: bool,
    begins_line: bool,
}

impl CitationFilter {
    /// Digits of a number that may be a source's.
    const MAX_DIGITS: usize = 3;
    /// Bytes that are held back at most.
    const MAX_HELD: usize = 48;

    /// A filter for a text with that many sources, numbered from 1.
    pub fn new(sources: usize) -> Self {
        Self {
            sources,
            cited: BTreeSet::new(),
            code: CodeTracker::default(),
            is_escaped: false,
            is_line_start: true,
            candidate: None,
        }
    }

    /// The next piece of the text; answers what of the text so far can be shown in addition.
    pub fn push(&mut self, piece: &str) -> String {
        let mut shown = String::with_capacity(piece.len());
        for character in piece.chars() {
            self.take(character, &mut shown);
        }
        shown
    }

    /// What is quoted of a source comes next, word by word; answers what can be shown in addition.
    pub fn quote(&mut self, piece: &str, source: usize) -> String {
        let mut shown = self.finish();
        if (1..=self.sources).contains(&source) {
            self.cited.insert(source);
        }
        shown.push_str(piece);
        self.is_line_start = piece.ends_with('\n');
        shown
    }

    /// The text is at its end: what is left of it.
    pub fn finish(&mut self) -> String {
        let mut shown = String::new();
        match self.candidate.take() {
            Some(candidate) if candidate.is_closed => {
                self.keep_known(&candidate.text, &mut shown);
            }
            Some(candidate) => shown.push_str(&candidate.text),
            None => {}
        }
        shown
    }

    /// The numbers of the sources that the text refers to.
    pub fn cited(&self) -> impl Iterator<Item = usize> + '_ {
        self.cited.iter().copied()
    }

    fn take(&mut self, character: char, shown: &mut String) {
        if let Some(candidate) = self.candidate.take() {
            match self.with(candidate, character, shown) {
                Some(candidate) => {
                    self.candidate = Some(candidate);
                    return;
                }
                None => self.is_line_start = false,
            }
        }
        let is_code = self.code.take(character);
        let opens = matches!(character, '[' | MARK) && !is_code && !self.is_escaped;
        self.is_escaped = character == '\\' && !is_code && !self.is_escaped;
        if opens {
            self.candidate = Some(Candidate {
                text: character.to_string(),
                is_closed: false,
                begins_line: self.is_line_start,
            });
        } else {
            shown.push(character);
            self.is_line_start =
                character == '\n' || (self.is_line_start && matches!(character, ' ' | '\t' | '\r'));
        }
    }

    /// The candidate with one more character; none once it is decided, and what is kept of it shown.
    fn with(
        &mut self,
        mut candidate: Candidate,
        character: char,
        shown: &mut String,
    ) -> Option<Candidate> {
        if candidate.is_closed {
            let is_definition = candidate.begins_line && character == ':';
            let is_markdown = character == '(' || is_definition;
            if candidate.text.starts_with(MARK) {
                // What follows was not written to make a link of it.
                if self.keep_known(&candidate.text, shown) && is_markdown {
                    shown.push(' ');
                }
            } else if is_markdown {
                shown.push_str(&candidate.text);
            } else {
                self.keep_known(&candidate.text, shown);
            }
            return None;
        }
        candidate.text.push(character);
        if may_become_reference(&candidate.text) {
            // Its characters are as much a part of the text as others.
            self.code.take(character);
            candidate.is_closed = matches!(character, ']' | MARK_END);
            return Some(candidate);
        }
        candidate.text.pop();
        shown.push_str(&candidate.text);
        None
    }

    /// Of a reference what names sources that exist, as it was written. Whether anything does.
    fn keep_known(&mut self, reference: &str, shown: &mut String) -> bool {
        let inside = reference
            .trim_start_matches(['[', MARK])
            .trim_end_matches([']', MARK_END]);
        let numbers = inside
            .split_once(PLACE)
            .map_or(inside, |(numbers, _place)| numbers);
        let mut kept: Vec<&str> = Vec::new();
        for written in numbers.split(',') {
            let number = written.trim().parse().ok();
            if let Some(number) = number.filter(|number| (1..=self.sources).contains(number)) {
                self.cited.insert(number);
                kept.push(written);
            }
        }
        if kept.is_empty() {
            return false;
        }
        shown.push('[');
        if kept.len() == numbers.split(',').count() {
            shown.push_str(numbers);
        } else {
            shown.push_str(kept.join(",").trim());
        }
        shown.push(']');
        true
    }
}

/// Whether a text that begins with a bracket is a reference or the beginning of one.
fn may_become_reference(text: &str) -> bool {
    if text.len() > CitationFilter::MAX_HELD {
        return false;
    }
    if let Some(inside) = text.strip_prefix(MARK) {
        return match inside.trim_end_matches(MARK_END).split_once(PLACE) {
            Some((numbers, place)) => are_numbers(numbers, true) && is_place(place),
            None => are_numbers_inside(inside, MARK_END),
        };
    }
    text.strip_prefix('[')
        .is_some_and(|inside| are_numbers_inside(inside, ']'))
}

fn are_numbers_inside(inside: &str, end: char) -> bool {
    match inside.strip_suffix(end) {
        Some(inside) => are_numbers(inside, true),
        None => are_numbers(inside, false),
    }
}

/// Whether these are numbers between commas, or are about to be unless the list is closed.
fn are_numbers(inside: &str, is_closed: bool) -> bool {
    let mut parts = inside.split(',').rev();
    let last = parts.next().unwrap_or_default();
    parts.all(is_number) && (is_number(last) || (!is_closed && is_beginning_of_number(last)))
}

/// Whether a model names a place in a source like this, such as `L3-L5`.
fn is_place(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_alphanumeric() || " -–_.,:".contains(c))
}

fn is_number(part: &str) -> bool {
    let digits = part.trim_matches(' ');
    (1..=CitationFilter::MAX_DIGITS).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_beginning_of_number(part: &str) -> bool {
    part.bytes().all(|byte| byte == b' ')
}

#[cfg(test)]
mod tests;
