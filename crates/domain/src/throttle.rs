//! Buckets that bound how often something may be done.
//!
//! A bucket is kept as the one moment at which it will be full again, the theoretical arrival time
//! of the generic cell rate algorithm (ITU-T I.371, annex A): what was taken comes back by time
//! alone, and nothing needs to be counted, nor anything to be done at the end of a window.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// So much may be done at once; what was used comes back evenly, all of it within the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// What it is called where people are told about it.
    pub name: &'static str,
    /// What a full bucket holds; at least one.
    pub capacity: u32,
    /// How long an empty bucket takes to be full.
    pub window: Duration,
}

/// Whose bucket it is, as 256 bits from which that is not read off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BucketKey([u8; 32]);

impl BucketKey {
    /// Wraps a digest.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bare bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// One bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Whose it is.
    pub key: BucketKey,
    /// What it holds.
    pub quota: Quota,
}

/// How a bucket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// What the bucket holds when it is full.
    pub quota: Quota,
    /// What is left in it.
    pub left: u32,
    /// How long until an empty bucket holds one again; nothing where something is left.
    pub next_in: Duration,
}

/// Whether one could be taken from each of several buckets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// One was taken from each, and this is left in them, in the order asked for.
    Granted(Vec<Level>),
    /// One of them was empty at least, and nothing was taken from any.
    Refused(Vec<Level>),
}

/// What taking from several buckets comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taking {
    /// What the taker is told.
    pub taken: Taken,
    /// When each bucket is full again, in the order of the buckets; empty when nothing was taken.
    pub full_at: Vec<DateTime<Utc>>,
}

impl Quota {
    /// How long it takes until one more has come back.
    pub fn interval(self) -> TimeDelta {
        let window = i64::try_from(self.window.as_micros()).unwrap_or(i64::MAX);
        let interval = window / i64::from(self.capacity.max(1));
        TimeDelta::microseconds(interval.max(1))
    }

    /// How a bucket stands that will be full at that time.
    pub fn level(self, full_at: DateTime<Utc>, at: DateTime<Utc>) -> Level {
        let interval = self.interval();
        let room = self.span() - self.debt(full_at, at);
        let left = room.num_microseconds().unwrap_or(0) / interval.num_microseconds().unwrap_or(1);
        let missing = (interval - room).max(TimeDelta::zero());
        Level {
            quota: self,
            left: u32::try_from(left).unwrap_or(0).min(self.capacity),
            next_in: missing.to_std().unwrap_or_default(),
        }
    }

    /// When a bucket is full from which one is taken.
    fn after_one(self, full_at: DateTime<Utc>, at: DateTime<Utc>) -> DateTime<Utc> {
        at + self.debt(full_at, at) + self.interval()
    }

    /// How long an empty bucket takes to be full, in whole intervals.
    fn span(self) -> TimeDelta {
        let intervals = i32::try_from(self.capacity.max(1)).unwrap_or(i32::MAX);
        self.interval() * intervals
    }

    /// How far a bucket is from being full. It is empty at most: should a clock have been ahead, or
    /// the quota have been larger, nobody waits longer than for one to come back.
    fn debt(self, full_at: DateTime<Utc>, at: DateTime<Utc>) -> TimeDelta {
        full_at
            .signed_duration_since(at)
            .clamp(TimeDelta::zero(), self.span())
    }
}

impl Taking {
    /// Takes one from each bucket, or nothing. `full_at` tells when each will be full, in the same
    /// order; a bucket that was never taken from is full.
    pub fn decide(
        buckets: &[Bucket],
        full_at: &[Option<DateTime<Utc>>],
        at: DateTime<Utc>,
    ) -> Self {
        let standing = || {
            let full_at = full_at.iter().copied().chain(std::iter::repeat(None));
            buckets
                .iter()
                .zip(full_at)
                .map(|(bucket, full_at)| (bucket.quota, full_at.unwrap_or(at)))
        };
        let levels: Vec<_> = standing()
            .map(|(quota, full_at)| quota.level(full_at, at))
            .collect();
        if levels.iter().any(|level| level.left == 0) {
            return Self {
                taken: Taken::Refused(levels),
                full_at: Vec::new(),
            };
        }
        let full_at: Vec<_> = standing()
            .map(|(quota, full_at)| quota.after_one(full_at, at))
            .collect();
        let levels = buckets
            .iter()
            .zip(&full_at)
            .map(|(bucket, full_at)| bucket.quota.level(*full_at, at));
        Self {
            taken: Taken::Granted(levels.collect()),
            full_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: Quota = Quota {
        name: "ten",
        capacity: 10,
        window: Duration::from_mins(15),
    };

    fn bucket(quota: Quota) -> Bucket {
        Bucket {
            key: BucketKey::from_bytes([1; 32]),
            quota,
        }
    }

    fn take(quota: Quota, full_at: Option<DateTime<Utc>>, at: DateTime<Utc>) -> Taking {
        Taking::decide(&[bucket(quota)], &[full_at], at)
    }

    #[test]
    fn a_full_bucket_gives_its_capacity_and_then_one_an_interval() {
        let mut now = DateTime::UNIX_EPOCH;
        let mut full_at = None;
        for left in (0..10).rev() {
            let taking = take(TEN, full_at, now);
            let [level] = taking_levels(&taking);
            assert_eq!((level.left, taking.full_at.len()), (left, 1));
            full_at = taking.full_at.first().copied();
        }
        let refused = take(TEN, full_at, now);
        let [level] = taking_levels(&refused);
        assert!(matches!(refused.taken, Taken::Refused(_)));
        assert_eq!((level.left, level.next_in), (0, Duration::from_secs(90)));

        now += Duration::from_secs(90) - Duration::from_micros(1);
        let refused = take(TEN, full_at, now);
        assert_eq!(taking_levels(&refused)[0].next_in, Duration::from_micros(1));
        now += Duration::from_micros(1);
        assert!(matches!(take(TEN, full_at, now).taken, Taken::Granted(_)));
    }

    #[test]
    fn windows_that_do_not_divide_evenly_keep_their_capacity() {
        for capacity in [1, 3, 7, 1_000, 999_983] {
            let quota = Quota { capacity, ..TEN };
            let at = DateTime::UNIX_EPOCH;
            assert_eq!(quota.level(at, at).left, capacity);
            let empty = at + quota.span();
            assert_eq!(quota.level(empty, at).left, 0, "{capacity}");
            assert_eq!(
                quota.level(empty, at + quota.interval()).left,
                1,
                "{capacity}"
            );
        }
    }

    #[test]
    fn a_clock_that_was_ahead_locks_nobody_out() {
        let at = DateTime::UNIX_EPOCH;
        let level = TEN.level(at + TimeDelta::days(365), at);
        assert_eq!((level.left, level.next_in), (0, Duration::from_secs(90)));
    }

    fn taking_levels(taking: &Taking) -> [Level; 1] {
        let (Taken::Granted(levels) | Taken::Refused(levels)) = &taking.taken;
        [levels[0]]
    }
}
