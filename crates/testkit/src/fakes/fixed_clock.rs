use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use domain::ports::Clock;

use super::locked;

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct FixedClock(Mutex<DateTime<Utc>>);

impl FixedClock {
    /// A clock that shows this time.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(whole_microseconds(now)))
    }

    /// Puts the clock to another time, earlier or later.
    pub fn set(&self, now: DateTime<Utc>) {
        *locked(&self.0) = whole_microseconds(now);
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        let mut now = locked(&self.0);
        *now = whole_microseconds(*now + by);
    }
}

impl Default for FixedClock {
    /// Shows 2026-01-02 03:04:05.678901 UTC, in which every part of a time is told apart.
    fn default() -> Self {
        let microseconds = 1_767_323_045_678_901;
        Self::at(DateTime::UNIX_EPOCH + TimeDelta::microseconds(microseconds))
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        *locked(&self.0)
    }
}

fn whole_microseconds(time: DateTime<Utc>) -> DateTime<Utc> {
    time.trunc_subsecs(6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_moves_only_when_told() {
        let clock = FixedClock::default();
        assert_eq!(clock.now().to_rfc3339(), "2026-01-02T03:04:05.678901+00:00");
        clock.advance(Duration::from_nanos(1_000_000_999));
        assert_eq!(clock.now().to_rfc3339(), "2026-01-02T03:04:06.678901+00:00");
    }
}
