//! What happened in a period, in numbers.

use std::time::Duration;

use chrono::{DateTime, Utc};
use thiserror::Error;

/// A period of time: from its beginning on, and before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

/// Why two times make no period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PeriodError {
    /// It ends before it begins.
    #[error("must be later than from")]
    Backwards,
    /// It is longer than [`Period::LONGEST`].
    #[error("must be at most 366 days after from")]
    TooLong,
}

impl Period {
    /// The longest period, so that nobody counts everything there ever was by accident.
    pub const LONGEST: Duration = Duration::from_hours(366 * 24);
    /// How long a period is whose beginning nobody names.
    pub const DEFAULT: Duration = Duration::from_hours(30 * 24);

    /// The time between the two.
    ///
    /// # Errors
    /// [`PeriodError`] when there is none, or too much.
    pub fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Self, PeriodError> {
        match (to - from).to_std() {
            Ok(length) if length.is_zero() => Err(PeriodError::Backwards),
            Ok(length) if length > Self::LONGEST => Err(PeriodError::TooLong),
            Ok(_) => Ok(Self { from, to }),
            Err(_negative) => Err(PeriodError::Backwards),
        }
    }

    /// Its first moment.
    pub const fn from(self) -> DateTime<Utc> {
        self.from
    }

    /// The first moment that is not a part of it.
    pub const fn to(self) -> DateTime<Utc> {
        self.to
    }
}

/// Tickets by where they stand now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TicketCounts {
    /// Waiting for an answer.
    pub open: u64,
    /// Waiting for the customer.
    pub pending: u64,
    /// Thought to be done.
    pub resolved: u64,
    /// Done.
    pub closed: u64,
    /// Those of them, in whatever state, that people answer: the assistant is off.
    pub handed_off: u64,
    /// Why, as far as that is known.
    pub handoffs: HandoffCounts,
}

/// Tickets that people answer, by the reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HandoffCounts {
    /// The customer asked for a person.
    pub requested: u64,
    /// The assistant answered several times and nothing was resolved.
    pub turns: u64,
    /// A quota of tokens was used up.
    pub quota: u64,
    /// The model did not answer.
    pub upstream_down: u64,
    /// No help article answers the question.
    pub nothing_found: u64,
    /// The customer switched the assistant off.
    pub customer: u64,
    /// An agent took over.
    pub agent: u64,
}

impl TicketCounts {
    /// All of them.
    pub const fn all(&self) -> u64 {
        self.open + self.pending + self.resolved + self.closed
    }
}

/// Replies by what became of them, and what they cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReplyCounts {
    /// Given back by a process that stopped, not yet taken up.
    pub queued: u64,
    /// Being written.
    pub streaming: u64,
    /// Whole answers.
    pub completed: u64,
    /// Answers that were cut off.
    pub incomplete: u64,
    /// Stopped by people.
    pub cancelled: u64,
    /// Without an answer.
    pub failed: u64,
    /// Attempts made at them.
    pub attempts: u64,
    /// Tokens of prompts, as far as models told.
    pub input_tokens: u64,
    /// Tokens of answers, as far as models told.
    pub output_tokens: u64,
}

/// How long something took: half of all, nine of ten and 99 of 100 took at most so long, by nearest
/// rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantiles {
    /// The median.
    pub p50: Duration,
    /// The 90th percentile.
    pub p90: Duration,
    /// The 99th percentile.
    pub p99: Duration,
}

impl Quantiles {
    /// The quantiles of these microseconds, in rising order; none where there was nothing to rank.
    pub fn of_micros(micros: [Option<i64>; 3]) -> Option<Self> {
        let [p50, p90, p99] = micros.map(|micros| {
            let micros = u64::try_from(micros?).unwrap_or_default();
            Some(Duration::from_micros(micros))
        });
        Some(Self {
            p50: p50?,
            p90: p90?,
            p99: p99?,
        })
    }
}

/// What happened in a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Tickets that were opened in it.
    pub tickets: TicketCounts,
    /// Replies that were begun in it.
    pub replies: ReplyCounts,
    /// From the claim of these replies to their first text; none without any.
    pub first_token: Option<Quantiles>,
    /// From the claim of those that became an answer to their end; none without any.
    pub answer: Option<Quantiles>,
    /// Answers that were last rated in it, and liked.
    pub rated_up: u64,
    /// Answers that were last rated in it, and not liked.
    pub rated_down: u64,
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_period_has_a_beginning_an_end_and_a_year_at_most() {
        let from = DateTime::UNIX_EPOCH;
        let until = |length| Period::between(from, from + length);
        assert!(until(TimeDelta::microseconds(1)).is_ok());
        assert!(until(TimeDelta::days(366)).is_ok());
        let longer = TimeDelta::days(366) + TimeDelta::microseconds(1);
        assert_eq!(until(longer), Err(PeriodError::TooLong));
        for length in [TimeDelta::zero(), TimeDelta::microseconds(-1)] {
            assert_eq!(until(length), Err(PeriodError::Backwards));
        }
    }
}
