use tantivy::tokenizer::{Language, StopWordFilter};

use crate::words;

/// The language that articles and questions are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchLanguage(Option<Language>);

impl SearchLanguage {
    /// English, the default.
    pub const ENGLISH: Self = Self(Some(Language::English));

    /// The language of that English name in lower case, such as `german`; `none` for words that
    /// are compared as they are.
    pub fn from_name(name: &str) -> Option<Self> {
        let language = match name {
            "none" => return Some(Self(None)),
            "arabic" => Language::Arabic,
            "danish" => Language::Danish,
            "dutch" => Language::Dutch,
            "english" => Language::English,
            "finnish" => Language::Finnish,
            "french" => Language::French,
            "german" => Language::German,
            "greek" => Language::Greek,
            "hungarian" => Language::Hungarian,
            "italian" => Language::Italian,
            "norwegian" => Language::Norwegian,
            "portuguese" => Language::Portuguese,
            "romanian" => Language::Romanian,
            "russian" => Language::Russian,
            "spanish" => Language::Spanish,
            "swedish" => Language::Swedish,
            "tamil" => Language::Tamil,
            "turkish" => Language::Turkish,
            _ => return None,
        };
        Some(Self(Some(language)))
    }

    pub(crate) fn stemming(self) -> Option<Language> {
        self.0
    }

    /// Words that say nothing about the subject. Some languages have no list; there their rarity
    /// alone tells words apart.
    pub(crate) fn stop_words(self) -> StopWordFilter {
        let none = || StopWordFilter::remove([]);
        match self.0 {
            Some(Language::English) => {
                StopWordFilter::remove(words::STOP_WORDS.split_whitespace().map(str::to_owned))
            }
            Some(language) => StopWordFilter::new(language).unwrap_or_else(none),
            None => none(),
        }
    }

    /// Words that turn up in questions about anything.
    pub(crate) fn weak_words(self) -> &'static str {
        match self.0 {
            Some(Language::English) => words::WEAK_WORDS,
            _ => "",
        }
    }

    /// Words that may stand within a phrase without parting it.
    pub(crate) fn fillers(self) -> &'static str {
        match self.0 {
            Some(Language::English) => words::FILLERS,
            _ => "",
        }
    }

    /// Forms that stemming does not know for those of their word, each before it.
    pub(crate) fn irregular_forms(self) -> &'static str {
        match self.0 {
            Some(Language::English) => words::IRREGULAR_FORMS,
            _ => "",
        }
    }

    /// Words that negate what follows them.
    pub(crate) fn negations(self) -> &'static str {
        match self.0 {
            Some(Language::English) => words::NEGATIONS,
            _ => "",
        }
    }

    /// Whether an apostrophe ends a word of its own, as in "l'article", or belongs to the word, as
    /// in "don't".
    pub(crate) fn elides(self) -> bool {
        matches!(self.0, Some(Language::French | Language::Italian))
    }
}
