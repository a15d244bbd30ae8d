use std::{num::NonZeroU32, time::Duration};

use tokio::time::Instant;

pub(super) const MINUTE: Duration = Duration::from_mins(1);
pub(super) const DAY: Duration = Duration::from_hours(24);

/// Holds `limit` units and refills evenly, from empty to full in one window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    limit: NonZeroU32,
    window: Duration,
    /// When it is full again if nothing more is taken.
    full_at: Instant,
}

impl Bucket {
    pub(super) fn full(limit: NonZeroU32, window: Duration, now: Instant) -> Self {
        Self {
            limit,
            window,
            full_at: now,
        }
    }

    pub(super) fn limit(&self) -> u32 {
        self.limit.get()
    }

    /// What is missing, a started unit as a whole one: waiting for that long is always enough.
    pub(super) fn used(&self, now: Instant) -> u32 {
        let missing = self.full_at.saturating_duration_since(now).as_nanos();
        let used = (missing * u128::from(self.limit.get())).div_ceil(self.window.as_nanos());
        u32::try_from(used).unwrap_or(u32::MAX)
    }

    /// The time in which so many units come back.
    pub(super) fn time_for(&self, units: u32) -> Duration {
        self.window.saturating_mul(units) / self.limit.get()
    }

    /// The time until `amount` fits; zero when it does now.
    pub(super) fn wait(&self, amount: u32, now: Instant) -> Duration {
        let needed = self.used(now).saturating_add(amount);
        self.time_for(needed.saturating_sub(self.limit.get()))
    }

    pub(super) fn take(&mut self, amount: u32, now: Instant) {
        self.full_at = self.full_at.max(now) + self.time_for(amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(limit: u32, window: Duration, used: u32, now: Instant) -> Bucket {
        let limit = NonZeroU32::new(limit).unwrap_or(NonZeroU32::MIN);
        let mut bucket = Bucket::full(limit, window, now);
        bucket.take(used, now);
        bucket
    }

    #[test]
    fn the_wait_is_the_one_the_service_quotes() {
        let now = Instant::now();
        for (limit, window, used, requested, millis) in [
            (6_000, MINUTE, 5_034, 1_443, 4_770),
            (100_000, DAY, 97_050, 3_619, 578_016),
            (1_000, DAY, 1_000, 1, 86_400),
        ] {
            let bucket = bucket(limit, window, used, now);

            assert_eq!(bucket.used(now), used);
            let wait = bucket.wait(requested, now);
            assert_eq!(wait, Duration::from_millis(millis));
        }
    }

    #[test]
    fn a_bucket_refills_continuously() {
        let now = Instant::now();
        let bucket = bucket(60, MINUTE, 60, now);

        assert_eq!(bucket.used(now + Duration::from_millis(900)), 60);
        assert_eq!(bucket.used(now + Duration::from_secs(1)), 59);
        assert_eq!(bucket.wait(1, now + Duration::from_secs(1)), Duration::ZERO);
        assert_eq!(bucket.used(now + MINUTE * 5), 0);
    }
}
