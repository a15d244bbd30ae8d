//! Whether a customer asks for a person, told by the words alone: no model is asked, so that the
//! wish is understood the same way every time, and also while no model answers.

mod english;
mod french;
mod german;
mod pattern;
mod spanish;
mod words;

use std::sync::LazyLock;

use self::pattern::{Grammar, Phrasebook};
use self::words::sentences;

/// A language in which wishes are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
}

static PHRASEBOOKS: LazyLock<[(Language, Phrasebook); 4]> = LazyLock::new(|| {
    let book = |grammar: &Grammar| Phrasebook::compile(grammar);
    [
        (Language::English, book(&english::GRAMMAR)),
        (Language::German, book(&german::GRAMMAR)),
        (Language::French, book(&french::GRAMMAR)),
        (Language::Spanish, book(&spanish::GRAMMAR)),
    ]
});

/// The language in which the text asks for a person; none when it does not. It errs on the side of
/// not asking: who is misunderstood can still press the button.
pub fn wish_for_a_person(text: &str) -> Option<Language> {
    let sentences = sentences(text);
    PHRASEBOOKS
        .iter()
        .find(|(_, phrasebook)| phrasebook.is_said_in(&sentences))
        .map(|(language, _)| *language)
}

#[cfg(test)]
mod tests;
