use thiserror::Error;

use crate::ids::ArticleId;
use crate::ticket::is_slug;

/// The article's name in links: lower-case words joined by single hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

/// Why a slug was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "must be 1 to {} lower-case letters, digits and single hyphens",
    Slug::MAX_CHARS
)]
pub struct SlugError;

impl Slug {
    /// The greatest length in characters.
    pub const MAX_CHARS: usize = 120;

    /// Accepts `a-z`, `0-9` and inner single hyphens.
    ///
    /// # Errors
    /// [`SlugError`] for anything else.
    pub fn parse(raw: impl Into<String>) -> Result<Self, SlugError> {
        let raw = raw.into();
        if raw.len() <= Self::MAX_CHARS && is_slug(&raw) {
            Ok(Self(raw))
        } else {
            Err(SlugError)
        }
    }

    /// The words of a title or of a file's name, joined by hyphens; none when no letter or digit
    /// of them has a place in a slug.
    pub fn derive(text: &str) -> Option<Self> {
        let mut slug = String::new();
        let mut plain = String::with_capacity(text.len());
        for c in text.chars().flat_map(char::to_lowercase) {
            push_plain(&mut plain, c);
        }
        for word in plain.split(|c: char| !c.is_ascii_alphanumeric()) {
            let hyphen = usize::from(!slug.is_empty());
            if word.is_empty() || slug.len() + hyphen + word.len() > Self::MAX_CHARS {
                continue;
            }
            if !slug.is_empty() {
                slug.push('-');
            }
            slug.push_str(word);
        }
        Self::parse(slug).ok()
    }

    /// A slug for an article whose title gives none.
    pub fn of_id(id: ArticleId) -> Self {
        Self(format!("article-{id}"))
    }

    /// The slug.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Appends a lower-case letter without its diacritic, as people leave it out in links.
fn push_plain(plain: &mut String, c: char) {
    let letters = match c {
        // Apostrophes, and diacritics that follow their letter.
        '\'' | '’' | '\u{300}'..='\u{36f}' => "",
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì'..='ï' | 'ī' | 'į' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => "o",
        'œ' => "oe",
        'ř' => "r",
        'ś' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ţ' | 'ț' => "t",
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        other => return plain.push(other),
    };
    plain.push_str(letters);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_derived(text: &str, slug: Option<&str>) {
        let derived = Slug::derive(text);
        assert_eq!(derived.as_ref().map(Slug::as_str), slug, "{text}");
    }

    #[test]
    fn titles_become_slugs() {
        assert_derived(
            "How long do refunds take?",
            Some("how-long-do-refunds-take"),
        );
        assert_derived("  We’re open -- 24/7! ", Some("were-open-24-7"));
        assert_derived("Größe & Paßform", Some("grosse-passform"));
        assert_derived("cafe\u{301}", Some("cafe"));
        assert_derived("Возврат 2026", Some("2026"));
        assert_derived("返品", None);
        assert_derived("…", None);
    }

    #[test]
    fn long_titles_lose_words_rather_than_halves_of_words() {
        let slug = Slug::derive(&"word ".repeat(50)).unwrap();
        assert_eq!(slug.as_str().len(), 119);
        assert!(slug.as_str().ends_with("-word"));
        assert_derived(&"x".repeat(121), None);
    }
}
