use std::mem;

const OPENING: &str = "<think>";
const CLOSING: &str = "</think>";

/// Keeps a thought that comes at the start of the text from the reader.
///
/// Some models think in the text itself, between tags, unless the host sorts it out. Tags further
/// on are text: an answer may be about them.
#[derive(Debug, Default)]
pub(crate) struct ThoughtFilter {
    place: Place,
    /// What cannot be sorted yet: at most a tag and the white space before it.
    held: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    AtTheStart,
    InThought,
    AfterThought,
    InText,
}

impl ThoughtFilter {
    /// Takes the next piece, and returns what of the text so far is for the reader.
    pub(crate) fn push(&mut self, piece: String) -> String {
        if self.place == Place::InText {
            return piece;
        }
        self.held.push_str(&piece);
        if self.place == Place::AtTheStart {
            let start = self.held.trim_start();
            if let Some(thought) = start.strip_prefix(OPENING) {
                self.held = String::from(thought);
                self.place = Place::InThought;
            } else if !OPENING.starts_with(start) {
                self.place = Place::InText;
                return mem::take(&mut self.held);
            }
        }
        if self.place == Place::InThought {
            if let Some((_, rest)) = self.held.split_once(CLOSING) {
                self.held = String::from(rest);
                self.place = Place::AfterThought;
            } else {
                self.held = String::from(begun_tag(&self.held));
            }
        }
        if self.place == Place::AfterThought {
            let text = String::from(self.held.trim_start());
            self.held.clear();
            if !text.is_empty() {
                self.place = Place::InText;
            }
            return text;
        }
        String::new()
    }

    /// What was held back and is text after all, as nothing follows.
    pub(crate) fn finish(&mut self) -> String {
        let held = mem::take(&mut self.held);
        if self.place == Place::AtTheStart {
            held
        } else {
            String::new()
        }
    }

    /// Whether the text so far ends inside a thought.
    pub(crate) fn is_in_thought(&self) -> bool {
        self.place == Place::InThought
    }
}

/// The longest start of the closing tag with which the text ends.
fn begun_tag(text: &str) -> &'static str {
    let starts = CLOSING
        .char_indices()
        .rev()
        .filter_map(|(length, _)| CLOSING.get(..length));
    starts
        .into_iter()
        .find(|start| text.ends_with(start))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read<'a>(pieces: impl IntoIterator<Item = &'a str>) -> String {
        let mut filter = ThoughtFilter::default();
        let mut text: String = pieces
            .into_iter()
            .map(|piece| filter.push(String::from(piece)))
            .collect();
        text.push_str(&filter.finish());
        text
    }

    #[test]
    fn a_thought_at_the_start_is_not_shown() {
        assert_eq!(read(["<think>Why?</think>\n\nBecause."]), "Because.");
        assert_eq!(
            read(["\n<think>", "Wh", "y?</", "th", "ink>", "\n", "\nBecause."]),
            "Because."
        );
        assert_eq!(
            read(["<think></think>", "Because", " of that."]),
            "Because of that."
        );
    }

    #[test]
    fn a_thought_without_an_end_is_not_shown() {
        assert_eq!(read(["<think>Why? <", "/thin"]), "");
    }

    #[test]
    fn text_stays_as_it_is() {
        for text in [
            "",
            " ",
            "<",
            "<thi",
            " <thin",
            "<thing> is",
            "Use <think>a</think>.",
        ] {
            assert_eq!(read([text]), text);
        }
    }

    proptest! {
        #[test]
        fn the_split_into_pieces_does_not_matter(
            text in "[ \n]{0,2}(<think>)?([</ a😀]|</|think>){0,6}(</think>)?[ \n]{0,2}([a😀<]|</think>){0,4}",
        ) {
            let characters = text.chars().map(String::from).collect::<Vec<_>>();
            prop_assert_eq!(read(characters.iter().map(String::as_str)), read([text.as_str()]));
        }
    }
}
