use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Words are runs of letters and digits. Diacritics that follow their letter and apostrophes
/// inside a word are dropped and part nothing, nor does a hyphen behind a single letter: "e-mail" is
/// "email".
#[derive(Clone, Copy, Debug)]
pub(super) struct WordTokenizer {
    /// Whether apostrophes part words after all.
    elides: bool,
}

impl WordTokenizer {
    pub(super) const fn new(elides: bool) -> Self {
        Self { elides }
    }
}

pub(super) struct Words<'a> {
    rest: std::iter::Peekable<std::str::CharIndices<'a>>,
    elides: bool,
    token: Token,
}

impl Tokenizer for WordTokenizer {
    type TokenStream<'a> = Words<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Words<'a> {
        Words {
            rest: text.char_indices().peekable(),
            elides: self.elides,
            token: Token::default(),
        }
    }
}

/// Longer runs are no words of any language, and would fill the index.
const MAX_CHARS: usize = 64;

impl TokenStream for Words<'_> {
    fn advance(&mut self) -> bool {
        let begins = |c: char| c.is_alphanumeric();
        while self.rest.next_if(|(_, c)| !begins(*c)).is_some() {}
        let Some((from, _)) = self.rest.peek().copied() else {
            return false;
        };
        self.token.text.clear();
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = from;
        let mut pending = from;
        let mut chars = 0;
        while let Some((at, c)) = self.rest.peek().copied() {
            if c.is_alphanumeric() {
                if chars < MAX_CHARS {
                    self.token.text.push(c);
                }
                chars += 1;
            } else if !(is_dropped(c, self.elides) || c == '-' && chars == 1) {
                break;
            }
            self.rest.next();
            // A closing quotation mark is not part of the word that it follows.
            if c.is_alphanumeric() || is_mark(c) {
                pending = at + c.len_utf8();
            }
        }
        self.token.offset_to = pending;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

const fn is_dropped(c: char, elides: bool) -> bool {
    is_mark(c) || (!elides && matches!(c, '\'' | '’'))
}
