mod tokenizer;

use std::collections::{HashMap, HashSet};

use tantivy::tokenizer::{AsciiFoldingFilter, LowerCaser, Stemmer, TextAnalyzer, TokenStream as _};

use self::tokenizer::WordTokenizer;
use crate::language::SearchLanguage;

/// Takes texts to words, in articles and questions alike.
pub(crate) struct Analyzer {
    /// Words in lower case without diacritics, then their stems: two streams of equal length.
    plain: TextAnalyzer,
    stems: TextAnalyzer,
    /// Fewer words, at the positions that they have in the others.
    telling: TextAnalyzer,
    weak: HashSet<String>,
    fillers: HashSet<String>,
    negations: HashSet<String>,
    /// The stems of words that are written unlike the others of theirs.
    irregular: HashMap<String, String>,
}

/// What a word does in a phrase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Role {
    #[default]
    Tells,
    /// It may stand between the phrase's own words: "send it back".
    Fills,
    /// It negates, whichever word is used: "didn't arrive", "never arrived".
    Negates,
}

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// In lower case and without diacritics.
    pub(crate) plain: String,
    /// What all forms of it have in common.
    pub(crate) stem: String,
    /// Where it stands in the text, in bytes.
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Whether it says nothing about the subject.
    pub(crate) is_stopped: bool,
    pub(crate) role: Role,
}

impl Analyzer {
    pub(crate) fn new(language: SearchLanguage) -> Self {
        let tokenizer = WordTokenizer::new(language.elides());
        let plain = || {
            TextAnalyzer::builder(tokenizer)
                .filter(LowerCaser)
                .filter(AsciiFoldingFilter)
        };
        let stems = match language.stemming() {
            Some(language) => plain().filter(Stemmer::new(language)).build(),
            None => plain().build(),
        };
        let telling = TextAnalyzer::builder(tokenizer)
            .filter(LowerCaser)
            .filter(language.stop_words())
            .build();
        let mut analyzer = Self {
            plain: plain().build(),
            stems,
            telling,
            weak: HashSet::new(),
            fillers: of_list(language.fillers()),
            negations: of_list(language.negations()),
            irregular: HashMap::new(),
        };
        let irregular = analyzer.words(language.irregular_forms());
        let pairs = irregular.chunks_exact(2).filter_map(|pair| match pair {
            [form, base] => Some((form.plain.clone(), base.stem.clone())),
            _ => None,
        });
        analyzer.irregular = pairs.collect();
        let weak = analyzer.words(language.weak_words());
        analyzer.weak = weak.into_iter().map(|word| word.stem).collect();
        analyzer
    }

    /// The words of a text, in order.
    pub(crate) fn words(&self, text: &str) -> Vec<Word> {
        let mut words = Vec::new();
        self.plain.clone().token_stream(text).process(&mut |token| {
            words.push(Word {
                plain: token.text.clone(),
                stem: String::new(),
                from: token.offset_from,
                to: token.offset_to,
                is_stopped: true,
                role: self.role(&token.text),
            });
        });
        self.stems.clone().token_stream(text).process(&mut |token| {
            if let Some(word) = words.get_mut(token.position) {
                let irregular = self.irregular.get(&word.plain);
                word.stem.clone_from(irregular.unwrap_or(&token.text));
            }
        });
        self.telling
            .clone()
            .token_stream(text)
            .process(&mut |token| {
                if let Some(word) = words.get_mut(token.position) {
                    word.is_stopped = false;
                }
            });
        words
    }

    fn role(&self, plain: &str) -> Role {
        if self.negations.contains(plain) {
            Role::Negates
        } else if self.fillers.contains(plain) {
            Role::Fills
        } else {
            Role::Tells
        }
    }

    /// Whether a stem tells little about the subject of a question. Numbers are dates, amounts and
    /// the numbers of orders.
    pub(crate) fn is_weak(&self, stem: &str) -> bool {
        self.weak.contains(stem) || stem.chars().all(|c| c.is_ascii_digit())
    }
}

fn of_list(words: &str) -> HashSet<String> {
    words.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(text: &str) -> Vec<String> {
        let words = Analyzer::new(SearchLanguage::ENGLISH).words(text);
        let told = words.into_iter().filter(|word| !word.is_stopped);
        told.map(|word| word.stem).collect()
    }

    #[track_caller]
    fn assert_same_stem(words: &str) {
        let mut stems = stems(words);
        stems.dedup();
        assert_eq!(stems.len(), 1, "{words}: {stems:?}");
    }

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for words in [
            "refund refunds refunded refunding",
            "cancel cancels cancelled canceled cancelling",
            "change changes changed changing",
            "ship shipped shipping ships",
            "deliver delivered delivers",
            "delivery deliveries",
            "pay pays paying",
            "payment payments",
            "invoice invoices",
            "reply replies replied replying",
            "email e-mail E-Mails emails",
            "buy buys bought buying",
            "break breaks broke broken",
        ] {
            assert_same_stem(words);
        }
    }

    #[test]
    fn case_diacritics_and_stop_words_do_not_count() {
        assert_same_stem("CAFÉ cafe cafe\u{301} café");
        assert_same_stem("straße STRASSE");
        assert_eq!(
            stems("I don't, you can’t, we wouldn't!"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn words_know_their_place() {
        let text = "Größe, naïve cafe\u{301}’s";
        let words = Analyzer::new(SearchLanguage::ENGLISH).words(text);
        let places: Vec<_> = words
            .iter()
            .map(|word| (word.plain.as_str(), text.get(word.from..word.to).unwrap()))
            .collect();
        let expected = [
            ("grosse", "Größe"),
            ("naive", "naïve"),
            ("cafes", "cafe\u{301}’s"),
        ];
        assert_eq!(places, expected);
    }

    #[test]
    fn every_language_has_its_stems_and_stop_words() {
        for (name, text, left) in [
            (
                "german",
                "Die Rückerstattungen für das Paket",
                "ruckerstatt pak",
            ),
            (
                "french",
                "Je veux l'annulation de la commande",
                "veux annul command",
            ),
            ("spanish", "¿Cómo cancelo mi pedido?", "com cancel ped"),
            ("none", "The refunds", "the refunds"),
        ] {
            let analyzer = Analyzer::new(SearchLanguage::from_name(name).unwrap());
            let words = analyzer.words(text).into_iter();
            let stems: Vec<_> = words
                .filter(|word| !word.is_stopped)
                .map(|word| word.stem)
                .collect();
            assert_eq!(stems.join(" "), left, "{name}");
        }
    }
}
