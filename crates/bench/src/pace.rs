use std::ops::Range;
use std::time::Duration;

use crate::latencies::Latencies;

/// Tokens that came together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Arrival {
    /// In microseconds; ten thousand readers keep millions of these.
    pub(crate) at: u32,
    pub(crate) tokens: u32,
}

/// How many tokens of a reply came before the arrivals that count, and these.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    pub(crate) before: u32,
    pub(crate) arrivals: Vec<Arrival>,
}

/// Records by how much each token that came `within` these microseconds was later than the upstream's
/// even pace asks for.
///
/// When the pace began is told by the token that was least late, at any time and of all who read the
/// same reply: a delay that all tokens have is not in it, but in the time to the first one. Tokens of
/// one frame came together, and each is as late as that makes it.
pub(crate) fn record_lateness(
    readings: &[&Reading],
    interval: Duration,
    within: &Range<u32>,
    into: &mut Latencies,
) {
    let tokens = || readings.iter().flat_map(|reading| places(reading));
    let offset = |(place, at): (u32, u32)| -> Option<i128> {
        let due = i128::try_from((interval * place).as_nanos()).ok()?;
        Some(i128::from(at) * 1000 - due)
    };
    let Some(begun) = tokens().filter_map(offset).min() else {
        return;
    };
    let counting = tokens().filter(|(_, at)| within.contains(at));
    for late in counting.filter_map(offset) {
        let late = u64::try_from(late - begun).unwrap_or(u64::MAX);
        into.record(Duration::from_nanos(late));
    }
}

/// Each token with its number in the reply.
fn places(reading: &Reading) -> impl Iterator<Item = (u32, u32)> {
    let mut next = reading.before;
    reading.arrivals.iter().flat_map(move |arrival| {
        let first = next;
        next += arrival.tokens;
        (first..next).map(move |place| (place, arrival.at))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_millis(20);

    fn reading(before: u32, arrivals: &[(u32, u32)]) -> Reading {
        let arrivals = arrivals.iter().map(|&(millis, tokens)| Arrival {
            at: millis * 1000,
            tokens,
        });
        Reading {
            before,
            arrivals: arrivals.collect(),
        }
    }

    fn lateness(readings: &[&Reading]) -> Latencies {
        let mut latencies = Latencies::new().unwrap();
        record_lateness(readings, INTERVAL, &(0..u32::MAX), &mut latencies);
        latencies
    }

    #[test]
    fn tokens_at_an_even_pace_are_not_late_whenever_they_begin() {
        let latencies = lateness(&[&reading(0, &[(500, 1), (520, 1), (540, 1)])]);

        assert_eq!(latencies.len(), 3);
        assert!(latencies.quantile(1.0) <= Duration::from_micros(1));
    }

    #[test]
    fn a_token_that_waits_for_the_next_one_is_late_by_the_interval() {
        let latencies = lateness(&[&reading(0, &[(500, 1), (540, 2)])]);

        assert_eq!(latencies.len(), 3);
        assert!(latencies.quantile(1.0).abs_diff(INTERVAL) < Duration::from_micros(50));
        assert!(latencies.quantile(0.5) <= Duration::from_micros(1));
    }

    #[test]
    fn readers_of_one_reply_share_its_pace() {
        let (early, late) = (reading(0, &[(500, 1)]), reading(1, &[(530, 1)]));

        let latencies = lateness(&[&early, &late]);

        let behind = Duration::from_millis(10);
        assert!(latencies.quantile(1.0).abs_diff(behind) < Duration::from_micros(20));
    }

    #[test]
    fn nothing_read_is_nothing_recorded() {
        assert_eq!(lateness(&[]).len(), 0);
    }

    #[test]
    fn what_came_before_the_window_tells_the_pace_and_is_not_recorded() {
        let reading = reading(0, &[(500, 1), (530, 1), (545, 1)]);
        let mut latencies = Latencies::new().unwrap();

        record_lateness(&[&reading], INTERVAL, &(540_000..600_000), &mut latencies);

        let behind = Duration::from_millis(5);
        assert_eq!(latencies.len(), 1);
        assert!(latencies.quantile(1.0).abs_diff(behind) < Duration::from_micros(10));
    }
}
