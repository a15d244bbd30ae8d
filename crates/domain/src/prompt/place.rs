//! Where in a template something is.

use std::fmt;
use std::ops::Range;

use minijinja::machinery::{Span, Token, tokenize};
use minijinja::syntax::SyntaxConfig;

/// Words and signs of a tag.
pub(super) const LONGEST_TAG: usize = 120;
/// Tags of a part.
pub(super) const MOST_TAGS: usize = 400;

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
    let mut is_member = false;
    for (token, span) in tokens(source) {
        if matches!(token, Token::Ident(found) if found == name && !is_member) {
            return usize::try_from(span.start_offset).ok();
        }
        is_member = matches!(token, Token::Dot | Token::Pipe);
    }
    None
}

/// The offset of a tag that has more words and signs than a parser that calls itself can bear, or
/// of the first tag beyond those that there may be: they might stand in each other.
pub(super) fn beyond_parsing(source: &str) -> Option<usize> {
    let mut tags = 0;
    let mut begin = 0;
    let mut length = 0;
    for (token, span) in tokens(source) {
        match token {
            Token::VariableStart | Token::BlockStart => {
                tags += 1;
                length = 0;
                begin = usize::try_from(span.start_offset).unwrap_or_default();
            }
            _ => length += 1,
        }
        if tags > MOST_TAGS || length > LONGEST_TAG {
            return Some(begin);
        }
    }
    None
}

/// Everything up to the end or the first fault.
fn tokens(source: &str) -> impl Iterator<Item = (Token<'_>, Span)> {
    tokenize(source, false, SyntaxConfig::default()).map_while(Result::ok)
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
