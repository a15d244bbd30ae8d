use serde::Deserialize;

/// What a file says of its article before the text begins.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Front {
    pub(super) title: Option<String>,
    pub(super) slug: Option<String>,
    pub(super) url: Option<String>,
    pub(super) published: Option<bool>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    title: Option<String>,
    slug: Option<String>,
    url: Option<String>,
    published: Option<bool>,
}

impl Front {
    /// The line of the file in which a field stands.
    pub(super) fn line_of(&self, field: &str) -> Option<u64> {
        let is_there = |line: &str| {
            let value = line.strip_prefix(field).map(str::trim_start);
            value.is_some_and(|value| value.starts_with(':'))
        };
        (2..)
            .zip(self.source.lines())
            .find_map(|(number, line)| is_there(line).then_some(number))
    }
}

/// Front matter in YAML between two lines `---`, if the text begins with it, and what is behind.
/// An error comes with its line.
pub(super) fn split(text: &str) -> Result<(Front, &str), (u64, String)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some((first, rest)) = text.split_once('\n').filter(|(line, _)| is_fence(line)) else {
        return Ok((Front::default(), text));
    };
    let mut end = first.len() + 1;
    for line in rest.split_inclusive('\n') {
        let begin = end;
        end += line.len();
        if is_fence(line) {
            let source = text.get(first.len() + 1..begin).unwrap_or_default();
            let body = text.get(end..).unwrap_or_default();
            return Ok((read(source)?, body));
        }
    }
    Err((
        1,
        "the front matter has no end: `---` is missing".to_owned(),
    ))
}

fn is_fence(line: &str) -> bool {
    line.trim_end() == "---"
}

fn read(source: &str) -> Result<Front, (u64, String)> {
    if source.trim().is_empty() {
        return Ok(Front::default());
    }
    let fields: Fields = serde_saphyr::from_str(source).map_err(|error| {
        let line = error.location().map_or(0, |location| location.line());
        // The rest is a picture of the place.
        let told = error.without_snippet().to_string();
        let message = told.lines().next().unwrap_or("is no YAML");
        // It counts from the front matter's first line.
        let message = message
            .rsplit_once(" at line ")
            .map_or(message, |(message, _)| message);
        (line + 1, message.to_owned())
    })?;
    Ok(Front {
        title: fields.title,
        slug: fields.slug,
        url: fields.url,
        published: fields.published,
        source: source.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_text_are_told_apart() {
        let text =
            "---\r\ntitle: \"Refunds: how\"\r\npublished: false\r\n---\r\nSoon.\n---\nNot late.";
        let (front, body) = split(text).unwrap();
        assert_eq!(front.title.as_deref(), Some("Refunds: how"));
        assert_eq!(front.published, Some(false));
        assert_eq!(front.line_of("published"), Some(3));
        assert_eq!(body, "Soon.\n---\nNot late.");
    }

    #[test]
    fn text_without_front_matter_is_all_text() {
        for text in ["", "Soon.", "----\nSoon.", "Soon.\n---\ntitle: No\n---\n"] {
            let (front, body) = split(text).unwrap();
            assert_eq!((front, body), (Front::default(), text));
        }
        let (front, body) = split("---\n---\nSoon.").unwrap();
        assert_eq!((front.title, body), (None, "Soon."));
    }

    #[test]
    fn errors_name_their_line() {
        for (text, line) in [
            ("---\ntitle: a\nSoon.", 1),
            ("---\ntitle: a\ncolour: red\n---\n", 3),
            ("---\ntitle: a\npublished: maybe\n---\n", 3),
            ("---\ntitle: a\ntitle: b\n---\n", 3),
            ("---\ntitle: [a\n---\n", 2),
        ] {
            let error = split(text).unwrap_err();
            assert_eq!(error.0, line, "{text}: {}", error.1);
        }
    }
}
