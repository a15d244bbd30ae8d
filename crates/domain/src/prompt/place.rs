//! Where in a template something is.

use std::fmt;
use std::ops::Range;

/// A line and a column, both from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    line: usize,
    column: usize,
}

impl Place {
    /// The place of a byte.
    pub(super) fn of(source: &str, offset: usize) -> Self {
        let before = source.get(..offset).unwrap_or(source);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        }
    }

    /// The place that an error names: its range, else the beginning of its line.
    pub(super) fn of_error(source: &str, error: &minijinja::Error) -> Self {
        let line_only = Self {
            line: error.line().unwrap_or(1),
            column: 1,
        };
        error
            .range()
            .map_or(line_only, |Range { start, .. }| Self::of(source, start))
    }

    /// The first use of a name. Words of the plain text, in strings and behind dots are none.
    pub(super) fn of_name(source: &str, name: &str) -> Self {
        Self::of(source, first_use(source, name).unwrap_or_default())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

fn first_use(source: &str, name: &str) -> Option<usize> {
    let mut offset = 0;
    loop {
        let rest = source.get(offset..)?;
        let begin = offset + rest.find(['{']).filter(|_| !rest.is_empty())?;
        let tag = source.get(begin..)?;
        let closing = ["{{", "{%", "{#"]
            .into_iter()
            .zip(["}}", "%}", "#}"])
            .find_map(|(opening, closing)| tag.starts_with(opening).then_some(closing));
        let Some(closing) = closing else {
            offset = begin + 1;
            continue;
        };
        let (found, end) = if closing == "#}" {
            (None, tag.find(closing)? + 2)
        } else {
            scan(tag, closing, name)
        };
        if let Some(found) = found {
            return Some(begin + found);
        }
        offset = begin + end;
    }
}

/// Looks for a name in a tag; answers where the tag ends besides.
fn scan(tag: &str, closing: &str, name: &str) -> (Option<usize>, usize) {
    let mut quote = None;
    let mut before = ' ';
    let mut characters = tag.char_indices().skip(2).peekable();
    while let Some((at, character)) = characters.next() {
        if let Some(end) = quote {
            match character {
                '\\' => drop(characters.next()),
                _ if character == end => quote = None,
                _ => {}
            }
            continue;
        }
        let here = tag.get(at..).unwrap_or_default();
        if here.starts_with(closing) {
            return (None, at + closing.len());
        }
        if character == '"' || character == '\'' {
            quote = Some(character);
        } else if is_word(character) {
            let end = here.find(|c| !is_word(c)).unwrap_or(here.len());
            if here.get(..end) == Some(name) && before != '.' && before != '|' {
                return (Some(at), 0);
            }
            while characters.next_if(|(next, _)| *next < at + end).is_some() {}
            before = 'x';
            continue;
        }
        if !character.is_whitespace() {
            before = character;
        }
    }
    (None, tag.len())
}

fn is_word(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters() {
        let source = "a\näöü😀x\n";
        for (needle, line, column) in [("a", 1, 1), ("ä", 2, 1), ("x", 2, 5)] {
            let place = Place::of(source, source.find(needle).unwrap());
            assert_eq!(place, Place { line, column }, "{needle}");
        }
        assert_eq!(Place::of(source, source.len()).line, 3);
    }

    #[test]
    fn a_name_is_found_where_it_is_used() {
        for (before, after) in [
            (
                "name {# name #} { name } {{ 'name' }} {{ x.name }} {{ ",
                " }}",
            ),
            ("{% if \"\\\"name\" and ", " %}{% endif %}"),
            ("{{ 'ä' }}\n{{ other|name }}{{ names }} {{ a[", "] }}"),
            ("{{ (", ") }}{{ name }}"),
        ] {
            let source = format!("{before}name{after}");
            let expected = Place::of(&source, before.len());
            assert_eq!(Place::of_name(&source, "name"), expected, "{source}");
        }
    }

    #[test]
    fn what_is_not_used_is_sought_to_the_end_of_any_text() {
        for source in ["", "{", "{{", "{{ '", "{% x", "{# name", "}}{{{ 😀 }"] {
            assert_eq!(first_use(source, "name"), None, "{source}");
        }
    }
}
