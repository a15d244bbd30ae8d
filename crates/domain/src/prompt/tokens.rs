//! How many tokens a text will be, without a model's tokenizer: an estimate that is rather too high.

use crate::ports::ChatTurn;

/// Tokens that a turn costs besides its text.
pub(super) const PER_TURN: usize = 4;

/// About how many tokens a text has. English has four to five characters per token and is counted
/// with three and a third; other alphabets with two, ideographs and most other scripts with less
/// than one, and emoji with three tokens each. Digits and signs are counted with two.
pub fn estimated_tokens(text: &str) -> usize {
    let tenths: usize = text.chars().map(tenths).sum();
    tenths.div_ceil(10)
}

fn tenths(character: char) -> usize {
    match character {
        'a'..='z' | 'A'..='Z' | ' ' | '\n' => 3,
        // Greek, Cyrillic, Hebrew and Arabic are among these.
        '\0'..='\u{7ff}' => 5,
        '\u{800}'..='\u{ffff}' => 12,
        _ => 30,
    }
}

/// About how many tokens a conversation has.
pub fn estimated_tokens_of(turns: &[ChatTurn]) -> usize {
    turns
        .iter()
        .map(|turn| PER_TURN + estimated_tokens(&turn.content))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_script_is_counted_like_english() {
        let counted = |text: &str| estimated_tokens(&text.repeat(10));
        assert_eq!(counted("help"), 12);
        assert_eq!(counted("заказ"), 25);
        assert_eq!(counted("注文番号"), 48);
        assert_eq!(counted("😀"), 30);
        assert_eq!(estimated_tokens(""), 0);
        assert_eq!(estimated_tokens("a"), 1);
    }
}
