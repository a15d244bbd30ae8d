use std::time::Duration;

use domain::ports::ChatModelError;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::fault::Fault;

/// The error that a status is, where the status alone tells.
pub(crate) fn status_error(status: u16, retry_after: Option<Duration>) -> ChatModelError {
    match status {
        // A request that alone exceeds the limit of a minute is refused with 413, too: no waiting
        // helps it, but a shorter one would do.
        413 => ChatModelError::ContextTooLong,
        408 => ChatModelError::TimedOut,
        // 498 is Groq's own for a service tier at its capacity.
        429 | 498 => ChatModelError::RateLimited { retry_after },
        // A conflict between requests goes away by itself, like a fault of the server.
        409 | 500.. => Fault::Status(status).unavailable(),
        // Other successes have no answer in them.
        ..300 => Fault::Status(status).malformed(),
        // Redirections are not followed, as the key would go along: the base URL is wrong.
        _ => ChatModelError::Rejected { status },
    }
}

/// How long the host asks to wait. A date, which the header may hold as well, counts as nothing:
/// this host sends none, and it would be measured by the host's clock.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn waiting(value: &'static str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static(value));
        retry_after(&headers)
    }

    #[test]
    fn seconds_to_wait_may_have_fractions() {
        assert_eq!(waiting("7"), Some(Duration::from_secs(7)));
        assert_eq!(waiting(" 0.25"), Some(Duration::from_millis(250)));
        assert_eq!(waiting("0"), Some(Duration::ZERO));
    }

    #[test]
    fn what_is_no_time_to_wait_counts_as_none() {
        for value in [
            "",
            "-1",
            "NaN",
            "inf",
            "1e300",
            "1m30s",
            "Fri, 02 Oct 2026 10:00:00 GMT",
        ] {
            assert_eq!(waiting(value), None, "{value}");
        }
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
