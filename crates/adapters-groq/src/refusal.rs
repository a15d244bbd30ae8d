use std::time::Duration;

use domain::ports::{ChatModelError, RetryAdvice};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use crate::fault::Fault;

/// Groq's SDKs and the hosts behind them agree on these.
const SHOULD_RETRY: &str = "x-should-retry";
const RETRY_AFTER_MS: &str = "retry-after-ms";

/// The error that a status is, where the status alone tells.
pub(crate) fn status_error(status: u16, advice: RetryAdvice) -> ChatModelError {
    match status {
        // A request that alone exceeds the limit of a minute is refused with 413, too: no waiting
        // helps it, but a shorter one would do.
        413 => ChatModelError::ContextTooLong,
        408 => ChatModelError::TimedOut,
        // 498 is Groq's own for a service tier at its capacity.
        429 | 498 => ChatModelError::RateLimited { advice },
        // A conflict between requests goes away by itself, like a fault of the server.
        409 | 500.. => Fault::Status(status).unavailable_for(advice),
        // Other successes have no answer in them.
        ..300 => Fault::Status(status).malformed(),
        // Redirections are not followed, as the key would go along: the base URL is wrong.
        _ => ChatModelError::Rejected { status },
    }
}

/// What the headers say about asking again.
pub(crate) fn retry_advice(headers: &HeaderMap) -> RetryAdvice {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let milliseconds = text(RETRY_AFTER_MS).and_then(|value| {
        let milliseconds: f64 = value.parse().ok()?;
        Duration::try_from_secs_f64(milliseconds / 1_000.0).ok()
    });
    let wanted = match text(SHOULD_RETRY) {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => None,
    };
    RetryAdvice {
        after: milliseconds
            .or_else(|| waiting_time(text(RETRY_AFTER.as_str())?, text(DATE.as_str()))),
        wanted,
    }
}

/// Seconds with or without a fraction, a duration as Go writes it such as `1m30.5s`, or a date
/// (RFC 9110, section 10.2.3), which the host's own clock gives a meaning.
fn waiting_time(value: &str, host_time: Option<&str>) -> Option<Duration> {
    if let Ok(seconds) = value.parse() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    go_duration(value).or_else(|| {
        let date = httpdate::parse_http_date(value).ok()?;
        let now = httpdate::parse_http_date(host_time?).ok()?;
        Some(date.duration_since(now).unwrap_or_default())
    })
}

fn go_duration(value: &str) -> Option<Duration> {
    let mut rest = value;
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let (number, behind) =
            rest.split_at(rest.find(|c: char| c.is_ascii_alphabetic() || c == '\u{b5}')?);
        let unit_end = behind
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(behind.len());
        let (unit, next) = behind.split_at(unit_end);
        let seconds = match unit {
            "h" => 3_600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "\u{b5}s" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        let number: f64 = number.parse().ok()?;
        total = total.checked_add(Duration::try_from_secs_f64(number * seconds).ok()?)?;
        rest = next;
    }
    (!value.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn advice(headers: &[(&'static str, &'static str)]) -> RetryAdvice {
        let headers = headers.iter().map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        retry_advice(&headers.collect())
    }

    fn waiting(value: &'static str) -> Option<Duration> {
        advice(&[("retry-after", value)]).after
    }

    #[test]
    fn seconds_to_wait_may_have_fractions() {
        assert_eq!(waiting("7"), Some(Duration::from_secs(7)));
        assert_eq!(waiting(" 0.25"), Some(Duration::from_millis(250)));
        assert_eq!(waiting("0"), Some(Duration::ZERO));
    }

    #[test]
    fn the_time_to_wait_may_be_a_duration_as_go_writes_it() {
        for (value, milliseconds) in [
            ("26ms", 26),
            ("6s", 6_000),
            ("2m59.56s", 179_560),
            ("1m30s", 90_000),
            ("1h0m1s", 3_601_000),
        ] {
            let expected = Duration::from_millis(milliseconds);
            assert_eq!(waiting(value), Some(expected), "{value}");
        }
    }

    #[test]
    fn the_time_to_wait_may_be_a_date() {
        let at_ten = |retry_after| {
            let now = ("date", "Fri, 02 Oct 2026 10:00:00 GMT");
            advice(&[now, ("retry-after", retry_after)]).after
        };
        let in_30_s = at_ten("Fri, 02 Oct 2026 10:00:30 GMT");
        assert_eq!(in_30_s, Some(Duration::from_secs(30)));
        let past = at_ten("Fri, 02 Oct 2026 09:00:00 GMT");
        assert_eq!(past, Some(Duration::ZERO));
        // Whose clock would it be measured by?
        assert_eq!(waiting("Fri, 02 Oct 2026 10:00:30 GMT"), None);
    }

    #[test]
    fn what_is_no_time_to_wait_counts_as_none() {
        for value in [
            "",
            "-1",
            "NaN",
            "inf",
            "1e300",
            "m",
            "5 parsecs",
            "1.2.3s",
            "soon",
        ] {
            assert_eq!(waiting(value), None, "{value}");
        }
        assert_eq!(advice(&[]), RetryAdvice::default());
    }

    #[test]
    fn milliseconds_win_and_a_wish_is_told() {
        let advised = advice(&[
            ("retry-after", "7"),
            ("retry-after-ms", "12.5"),
            ("x-should-retry", "false"),
        ]);
        assert_eq!(advised.after, Some(Duration::from_micros(12_500)));
        assert_eq!(advised.wanted, Some(false));
        assert_eq!(advice(&[("x-should-retry", "maybe")]).wanted, None);
    }
}
