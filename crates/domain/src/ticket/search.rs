use crate::text::{TextError, bounded};

/// What is looked for in titles, descriptions and public messages. Each term must be found
/// somewhere in the ticket. Without a term nothing is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketSearch {
    terms: Vec<Term>,
}

/// A word, or words that must follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Letters and digits of any script, separated by single spaces.
    text: String,
    /// Whether the last word may be the beginning of a longer one.
    is_prefix: bool,
}

impl Term {
    /// The words in lower case: letters and digits of any script, separated by single spaces.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the last word may be the beginning of a longer one.
    pub const fn is_prefix(&self) -> bool {
        self.is_prefix
    }
}

impl TicketSearch {
    /// The greatest length in characters.
    pub const MAX_CHARS: usize = 200;
    /// How many terms count; further ones are not looked for.
    pub const MAX_TERMS: usize = 16;

    /// Takes what a person typed: words of which the last may be unfinished, and phrases in double
    /// quotes. Words that are in every text, such as `the`, are not looked for.
    ///
    /// # Errors
    /// [`TextError`] when it is blank, over-long or contains U+0000.
    pub fn parse(raw: impl Into<String>) -> Result<Self, TextError> {
        let raw = bounded(raw.into(), Self::MAX_CHARS)?.to_lowercase();
        let pieces: Vec<&str> = raw.split('"').collect();
        let last = pieces.len() - 1;
        let mut terms: Vec<Term> = Vec::new();
        for (number, piece) in pieces.into_iter().enumerate() {
            // Quotes that are not closed yet quote nothing.
            if number % 2 == 1 && number != last {
                terms.extend(Term::of(piece, false));
            } else {
                terms.extend(
                    piece
                        .split_whitespace()
                        .filter_map(|word| Term::of(word, false)),
                );
            }
        }
        let is_unfinished = |raw: &str| Term::of(raw, true);
        let unfinished = raw.split_whitespace().next_back().and_then(is_unfinished);
        if !raw.trim_end().ends_with('"')
            && let (Some(last), Some(unfinished)) = (terms.last_mut(), unfinished)
            && last.text == unfinished.text
        {
            *last = unfinished;
        }
        let mut distinct: Vec<Term> = Vec::new();
        for term in terms {
            if !distinct.contains(&term) && distinct.len() < Self::MAX_TERMS {
                distinct.push(term);
            }
        }
        Ok(Self { terms: distinct })
    }

    /// What must be found.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }
}

impl Term {
    /// The words of a text, none when there is nothing among them to look for.
    fn of(text: &str, is_prefix: bool) -> Option<Self> {
        let words = words(text);
        let is_stop_word =
            |word: &&String| STOP_WORDS.split(' ').any(|known| known == word.as_str());
        let leading = words.iter().take_while(is_stop_word).count();
        let trailing = words.iter().rev().take_while(is_stop_word).count();
        let kept = words.get(leading..words.len() - trailing)?;
        (!kept.is_empty()).then(|| Self {
            text: kept.join(" "),
            is_prefix: is_prefix && trailing == 0,
        })
    }
}

/// The words of a text, as every store separates them: at whatever is neither letter nor digit.
/// Accents that are characters of their own belong to their letters.
fn words(text: &str) -> Vec<String> {
    let is_accent = |c: char| ('\u{300}'..='\u{36f}').contains(&c);
    let plain: String = text.chars().filter(|c| !is_accent(*c)).collect();
    plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Words that say nothing about a text, since they are in every one: those that `PostgreSQL` leaves
/// out in English.
const STOP_WORDS: &str = "i me my myself we our ours ourselves you your yours yourself yourselves he him his himself \
    she her hers herself it its itself they them their theirs themselves what which who whom \
    this that these those am is are was were be been being have has had having do does did doing \
    a an the and but if or because as until while of at by for with about against between into \
    through during before after above below to from up down in out on off over under again \
    further then once here there when where why how all any both each few more most other some \
    such no nor not only own same so than too very s t can will just don should now";

#[cfg(test)]
mod tests {
    use super::*;

    /// Each term, with an asterisk when it may be unfinished.
    fn terms(raw: &str) -> Vec<String> {
        let search = TicketSearch::parse(raw).unwrap();
        let star = |term: &Term| if term.is_prefix() { "*" } else { "" };
        let shown = |term: &Term| format!("{}{}", term.text(), star(term));
        search.terms().iter().map(shown).collect()
    }

    #[test]
    fn the_last_word_may_be_unfinished() {
        assert_eq!(terms("Refund invo"), ["refund", "invo*"]);
        assert_eq!(terms("refund refund"), ["refund", "refund*"]);
    }

    #[test]
    fn quoted_words_must_follow_each_other() {
        assert_eq!(
            terms("\"Terms of service\" ab"),
            ["terms of service", "ab*"]
        );
        assert_eq!(terms("say \"hello  world!\""), ["say", "hello world"]);
        assert_eq!(terms("\"not closed"), ["closed*"]);
    }

    #[test]
    fn what_is_joined_by_signs_must_follow_each_other() {
        assert_eq!(
            terms("ada@example.com e-mail 12.50"),
            ["ada example com", "e mail", "12 50*"]
        );
    }

    #[test]
    fn stop_words_and_signs_are_not_looked_for() {
        for raw in [
            "the",
            "What's it",
            "🦀 💸",
            "... -- !",
            "\"",
            "\"\"",
            "don't",
            "*",
            "%_\\",
        ] {
            assert_eq!(terms(raw), Vec::<String>::new(), "{raw}");
        }
        assert_eq!(terms("refund the"), ["refund"]);
        assert_eq!(terms("the customer's"), ["customer"]);
    }

    #[test]
    fn accents_are_parts_of_their_letters() {
        assert_eq!(terms("re\u{301}sume\u{301}"), ["resume*"]);
        assert_eq!(terms("CAFÉ"), ["café*"]);
    }

    #[test]
    fn a_search_is_bounded() {
        assert_eq!(TicketSearch::parse(" "), Err(TextError::Blank));
        assert_eq!(TicketSearch::parse("a\0"), Err(TextError::Nul));
        assert!(TicketSearch::parse("ä".repeat(200)).is_ok());
        assert!(TicketSearch::parse("ä".repeat(201)).is_err());
        let many: Vec<String> = (0..60).map(|n| n.to_string()).collect();
        assert_eq!(terms(&many.join(" ")).len(), TicketSearch::MAX_TERMS);
    }
}
