/// Ends a clause within a sentence.
pub(super) const PAUSE: &str = ",";

/// The words of each sentence, in lower case, without accents, with pauses between clauses. Lines
/// that quote somebody are left out.
pub(super) fn sentences(text: &str) -> Vec<Vec<String>> {
    let mut sentences = Vec::new();
    for line in text
        .lines()
        .filter(|line| !line.trim_start().starts_with('>'))
    {
        let mut sentence = Sentence::default();
        let mut characters = line.chars().flat_map(char::to_lowercase).peekable();
        while let Some(character) = characters.next() {
            let ends_word = characters.peek().is_none_or(|next| !next.is_alphanumeric());
            match character {
                '\'' | '\u{2019}' | '`' | '\u{b4}' => sentence.apostrophe(characters.peek()),
                '!' | '?' | ';' | '\u{2026}' => sentences.extend(sentence.end()),
                '.' if ends_word => sentences.extend(sentence.end()),
                ',' | ':' | '(' | ')' | '\u{2013}' | '\u{2014}' => sentence.pause(),
                '-' if ends_word => sentence.pause(),
                _ if character.is_alphanumeric() => sentence.add(character),
                // Combining accents belong to the letter before them, which is all that counts.
                '\u{300}'..='\u{36f}' => {}
                _ => sentence.end_word(),
            }
        }
        sentences.extend(sentence.end());
    }
    sentences
}

#[derive(Default)]
struct Sentence {
    words: Vec<String>,
    word: String,
}

impl Sentence {
    fn add(&mut self, letter: char) {
        match folded(letter) {
            Some(plain) => self.word.push_str(plain),
            None => self.word.push(letter),
        }
    }

    /// "don't" is "do not"; every other apostrophe is between two words.
    fn apostrophe(&mut self, next: Option<&char>) {
        if next == Some(&'t') && self.word.ends_with('n') {
            self.word.pop();
            self.end_word();
            "no".clone_into(&mut self.word);
        } else {
            self.end_word();
        }
    }

    fn end_word(&mut self) {
        if !self.word.is_empty() {
            self.words.push(std::mem::take(&mut self.word));
        }
    }

    fn pause(&mut self) {
        self.end_word();
        if self.words.last().is_some_and(|last| last != PAUSE) {
            self.words.push(PAUSE.to_owned());
        }
    }

    fn end(&mut self) -> Option<Vec<String>> {
        self.end_word();
        if self.words.last().is_some_and(|last| last == PAUSE) {
            self.words.pop();
        }
        let words = std::mem::take(&mut self.words);
        (!words.is_empty()).then_some(words)
    }
}

fn folded(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => "o",
        'ù' | 'ú' | 'û' | 'ü' => "u",
        'ß' => "ss",
        'œ' => "oe",
        'æ' => "ae",
        _ => return None,
    })
}

/// Words that a slip of the finger turns into another common word.
const NO_SLIPS: [&str; 5] = ["staff", "there", "right", "reach", "three"];

/// Whether somebody who meant `word` may have typed `typed`: one letter of a longer word may be
/// wrong, missing, too many, or swapped with the next, but not the first.
pub(super) fn is_meant(word: &str, typed: &str) -> bool {
    if word == typed {
        return true;
    }
    let (word, typed) = (word.as_bytes(), typed.as_bytes());
    if word.len() < 5
        || word.len().abs_diff(typed.len()) > 1
        || word.first() != typed.first()
        || NO_SLIPS.iter().any(|exact| exact.as_bytes() == word)
    {
        return false;
    }
    let same = word.iter().zip(typed).take_while(|(a, b)| a == b).count();
    let (word, typed) = (
        word.get(same..).unwrap_or_default(),
        typed.get(same..).unwrap_or_default(),
    );
    match (word, typed) {
        ([_, rest @ ..], typed) if rest == typed => true,
        (word, [_, rest @ ..]) if rest == word => true,
        ([a, b, word @ ..], [c, d, typed @ ..]) if a == d && b == c => word == typed,
        ([_, word @ ..], [_, typed @ ..]) => word == typed,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_plain_words() {
        let words = sentences("Hi! I don’t think so:\n> quoted\nJ'ai été à café.de (oui), Größe…");
        let expected: [&[&str]; 3] = [
            &["hi"],
            &["i", "do", "not", "think", "so"],
            &[
                "j", "ai", "ete", "a", "cafe", "de", ",", "oui", ",", "grosse",
            ],
        ];
        assert_eq!(words, expected);
    }

    #[test]
    fn one_slip_is_understood() {
        for typed in ["human", "humn", "humman", "huamn", "humam", "humans"] {
            assert!(is_meant("human", typed), "{typed}");
        }
        for typed in ["uman", "hmn", "hunan2", "woman", "humanoid", ""] {
            assert!(!is_meant("human", typed), "{typed}");
        }
        assert!(
            !is_meant("talk", "tall"),
            "short words have too many neighbours"
        );
    }
}
