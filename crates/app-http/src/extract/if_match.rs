use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderValue, IF_MATCH};
use actix_web::{FromRequest, HttpRequest};
use domain::ticket::ExpectedVersion;

use crate::error::ApiError;

/// The versions that `If-Match` names (RFC 9110, section 13.1.1). It asks for a strong comparison,
/// so weak tags match nothing, and tags that are no versions of ours neither.
pub(crate) struct IfMatch(pub(crate) ExpectedVersion);

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let fields: Vec<&[u8]> = request
            .headers()
            .get_all(IF_MATCH)
            .map(HeaderValue::as_bytes)
            .collect();
        if fields.is_empty() {
            return ready(Ok(Self(ExpectedVersion::Any)));
        }
        // Several fields are one list.
        let expected = parse(&fields.join(&b','));
        ready(expected.map(Self).ok_or_else(|| {
            ApiError::field(
                "If-Match",
                "invalid_value",
                "must be * or a list of entity tags",
            )
        }))
    }
}

fn parse(field: &[u8]) -> Option<ExpectedVersion> {
    if field.trim_ascii() == b"*" {
        return Some(ExpectedVersion::Existing);
    }
    let mut versions = Vec::new();
    let mut has_tags = false;
    let mut rest = field;
    loop {
        rest = skip_separators(rest);
        if rest.is_empty() {
            return has_tags.then_some(ExpectedVersion::OneOf(versions));
        }
        let (tag, is_weak) = match rest.strip_prefix(b"W/") {
            Some(tag) => (tag, true),
            None => (rest, false),
        };
        let quoted = tag.strip_prefix(b"\"")?;
        let end = quoted.iter().position(|byte| *byte == b'"')?;
        let (opaque, behind) = quoted.split_at_checked(end)?;
        if !opaque.iter().all(|byte| is_etagc(*byte)) {
            return None;
        }
        has_tags = true;
        versions.extend(version(opaque).filter(|_| !is_weak));
        rest = behind.strip_prefix(b"\"")?.trim_ascii_start();
        if !rest.is_empty() && !rest.starts_with(b",") {
            return None;
        }
    }
}

/// Lists may have empty elements (RFC 9110, section 5.6.1.2).
fn skip_separators(mut rest: &[u8]) -> &[u8] {
    while let [b' ' | b'\t' | b',', behind @ ..] = rest {
        rest = behind;
    }
    rest
}

const fn is_etagc(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x7e | 0x80..)
}

/// The version, if the tag is one that was given out.
fn version(opaque: &[u8]) -> Option<i64> {
    let text = str::from_utf8(opaque).ok()?;
    let version: i64 = text.parse().ok()?;
    (version.to_string() == text).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_of(versions: &[i64]) -> ExpectedVersion {
        ExpectedVersion::OneOf(versions.to_vec())
    }

    #[test]
    fn an_asterisk_is_any_version_that_exists() {
        assert_eq!(parse(b" * "), Some(ExpectedVersion::Existing));
    }

    #[test]
    fn strong_tags_name_versions() {
        assert_eq!(parse(b"\"7\""), Some(one_of(&[7])));
        assert_eq!(parse(b"\"7\" ,, \"12\","), Some(one_of(&[7, 12])));
        assert_eq!(parse(b"\"a,b\", \"7\""), Some(one_of(&[7])));
    }

    #[test]
    fn weak_and_strange_tags_name_none() {
        for field in ["W/\"7\"", "\"07\"", "\"+7\"", "\"\"", "\"x\"", "\"\u{e9}\""] {
            assert_eq!(parse(field.as_bytes()), Some(one_of(&[])), "{field}");
        }
    }

    #[test]
    fn what_is_no_list_of_tags_is_refused() {
        for field in [
            "",
            " ",
            ",",
            "7",
            "\"7",
            "7\"",
            "\"7 \"",
            "\"7\" \"8\"",
            "w/\"7\"",
            "\"7\", *",
            "*, *",
        ] {
            assert_eq!(parse(field.as_bytes()), None, "{field}");
        }
    }
}
