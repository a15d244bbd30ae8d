//! The trace that a request belongs to, as in W3C Trace Context.

use actix_web::http::header::HeaderMap;
use domain::ports::IdGenerator as _;

use crate::system::UuidV7Ids;

const TRACEPARENT: &str = "traceparent";

/// The id of a trace, 32 lower-case hexadecimal digits, not all zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TraceId(String);

impl TraceId {
    /// The trace of whoever sent the request; where they name none, or not as the standard says, a
    /// new one begins.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut parents = headers.get_all(TRACEPARENT);
        let parent = parents.next().and_then(|value| value.to_str().ok());
        let alone = parents.next().is_none();
        parent
            .filter(|_| alone)
            .and_then(Self::parse)
            .unwrap_or_else(|| Self(UuidV7Ids.generate().simple().to_string()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads a `traceparent` (W3C Trace Context, section 3.2): of versions that are not known yet,
    /// what they have in common with this one.
    fn parse(parent: &str) -> Option<Self> {
        let mut parts = parent.trim().split('-');
        let (version, trace) = (parts.next()?, parts.next()?);
        let (span, flags) = (parts.next()?, parts.next()?);
        let known = version == "00";
        let fits = is_hex(version, 2)
            && version != "ff"
            && is_hex(trace, 32)
            && is_hex(span, 16)
            && is_hex(flags, 2)
            && [trace, span].iter().all(|id| id.bytes().any(|b| b != b'0'))
            && !(known && parts.next().is_some());
        fits.then(|| Self(trace.to_owned()))
    }
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    #[test]
    fn the_sender_s_trace_is_kept() {
        for parent in [
            format!("00-{TRACE}-00f067aa0ba902b7-01"),
            format!("00-{TRACE}-00f067aa0ba902b7-00"),
            format!("cc-{TRACE}-00f067aa0ba902b7-01-what-comes-later"),
        ] {
            assert_eq!(TraceId::parse(&parent).unwrap().as_str(), TRACE, "{parent}");
        }
    }

    #[test]
    fn what_the_standard_does_not_allow_names_no_trace() {
        for parent in [
            String::new(),
            format!("ff-{TRACE}-00f067aa0ba902b7-01"),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{TRACE}-0000000000000000-01"),
            format!("00-{}-00f067aa0ba902b7-01", TRACE.to_uppercase()),
            format!("00-{TRACE}-00f067aa0ba902b7-01-more"),
            format!("00-{TRACE}-00f067aa0ba902b7"),
            format!("00-{TRACE}x-00f067aa0ba902b7-01"),
        ] {
            assert_eq!(TraceId::parse(&parent), None, "{parent}");
        }
    }
}
