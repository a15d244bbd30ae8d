use bytes::Bytes;

use crate::identity::{hash, mix};

const OPENINGS: [&str; 4] = [
    "Thanks for getting in touch about \"{topic}\".",
    "I can help you with \"{topic}\".",
    "Let us look at \"{topic}\" together.",
    "I am sorry for the trouble with \"{topic}\".",
];

const STEPS: [&str; 8] = [
    "Please sign out, wait for a minute and sign in again.",
    "Check under Settings, Account whether your e-mail address is confirmed.",
    "A restart of the device clears most of these errors.",
    "You find the order number at the top of your confirmation e-mail.",
    "Refunds reach your account within three to five working days.",
    "If you use a proxy or a VPN, try once without it.",
    "An update from last week fixes a known cause of this.",
    "Your data is not affected while this is open.",
];

const CLOSINGS: [&str; 3] = [
    "If that does not help, tell me what you see and I will look further.",
    "Let me know how it went.",
    "If the problem stays, I will hand this over to a colleague.",
];

const REASONING: &str = "The customer describes a problem. A short answer with concrete steps \
     fits best.";

/// No piece is longer than this, so that a script without spaces comes in pieces as well.
const LONGEST_PIECE: usize = 12;

/// A support answer to `question`; the same for the same seed and question.
pub(crate) fn support_answer(question: &str, seed: u64) -> String {
    let mut state = seed ^ hash(question);
    let mut sentences = vec![choose(&OPENINGS, &mut state).replace("{topic}", &topic(question))];
    let first = next(&mut state, STEPS.len());
    for offset in [0, 3, 5] {
        sentences.extend(
            STEPS
                .get((first + offset) % STEPS.len())
                .map(|step| String::from(*step)),
        );
    }
    sentences.push(String::from(choose(&CLOSINGS, &mut state)));
    sentences.join(" ")
}

pub(crate) fn support_reasoning() -> Vec<String> {
    pieces(REASONING)
}

/// What no client can make sense of: line ends, NULs, and bytes that are not UTF-8.
pub(crate) fn garbage() -> Bytes {
    let numbers = (0..64_u64).flat_map(|number| mix(number).to_be_bytes());
    let bytes = numbers.chain(*b"\xff\xfe\0\n\ndata: \xc3\n\n\r\r");
    bytes.collect()
}

/// Splits `text` the way a tokenizer roughly does: a word with the space before it, punctuation
/// by itself. Joined again, the pieces are `text`.
pub(crate) fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut length = 0;
    let mut last = None;
    for character in text.chars() {
        match pieces.last_mut() {
            Some(piece) if length < LONGEST_PIECE && !starts_piece(last, character) => {
                piece.push(character);
                length += 1;
            }
            _ => {
                pieces.push(String::from(character));
                length = 1;
            }
        }
        last = Some(character);
    }
    pieces
}

/// Brings an answer to an exact length by repeating or cutting it.
pub(crate) fn fit(pieces: Vec<String>, tokens: usize) -> Vec<String> {
    if pieces.len() >= tokens {
        return pieces.into_iter().take(tokens).collect();
    }
    let again: Vec<String> = pieces
        .iter()
        .enumerate()
        .map(|(place, piece)| {
            if place == 0 {
                format!(" {piece}")
            } else {
                piece.clone()
            }
        })
        .collect();
    pieces
        .into_iter()
        .chain(again.into_iter().cycle())
        .take(tokens)
        .collect()
}

fn starts_piece(last: Option<char>, character: char) -> bool {
    let Some(last) = last else { return true };
    if character.is_whitespace() {
        return !last.is_whitespace();
    }
    !last.is_whitespace() && character.is_alphanumeric() != last.is_alphanumeric()
}

/// The question, shortened to what fits into a sentence.
fn topic(question: &str) -> String {
    let words: Vec<&str> = question.split_whitespace().take(8).collect();
    if words.is_empty() {
        String::from("your request")
    } else {
        words.join(" ")
    }
}

fn choose<'a>(sentences: &[&'a str], state: &mut u64) -> &'a str {
    sentences
        .get(next(state, sentences.len()))
        .copied()
        .unwrap_or_default()
}

fn next(state: &mut u64, choices: usize) -> usize {
    *state = mix(*state);
    let choices = u64::try_from(choices).unwrap_or(1);
    usize::try_from(*state % choices).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_carry_their_leading_space_and_join_to_the_text() {
        let text = "Hello, wörld!  Two\nlines";

        assert_eq!(
            pieces(text),
            ["Hello", ",", " wörld", "!", "  Two", "\nlines"]
        );
        assert_eq!(pieces(text).concat(), text);
    }

    #[test]
    fn a_text_without_spaces_is_split_as_well() {
        let text = "你".repeat(30);

        assert_eq!(pieces(&text).len(), 3);
        assert_eq!(pieces(&text).concat(), text);
    }

    #[test]
    fn an_answer_can_be_brought_to_a_length() {
        assert_eq!(
            fit(pieces("One two."), 7),
            ["One", " two", ".", " One", " two", ".", " One"]
        );
        assert_eq!(fit(pieces("One two."), 2), ["One", " two"]);
        assert!(fit(Vec::new(), 2).is_empty());
    }

    #[test]
    fn the_same_question_gets_the_same_answer() {
        let question = "My router is broken";

        assert_eq!(support_answer(question, 7), support_answer(question, 7));
        assert!(support_answer(question, 7).contains("\"My router is broken\""));
    }
}
