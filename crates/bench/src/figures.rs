use std::time::Duration;

/// One figure, measured in several runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Figure(Vec<f64>);

impl Figure {
    pub(crate) fn median(&self) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let upper = *sorted.get(sorted.len() / 2)?;
        if sorted.len() % 2 == 1 {
            return Some(upper);
        }
        let lower = *sorted.get(sorted.len() / 2 - 1)?;
        Some(f64::midpoint(lower, upper))
    }

    pub(crate) fn range(&self) -> Option<(f64, f64)> {
        let least = self.0.iter().copied().min_by(f64::total_cmp)?;
        let most = self.0.iter().copied().max_by(f64::total_cmp)?;
        Some((least, most))
    }

    pub(crate) fn map(&self, with: impl Fn(f64) -> f64) -> Self {
        self.0.iter().map(|value| with(*value)).collect()
    }

    /// Run by run what one figure is in terms of another.
    pub(crate) fn zip(&self, other: &Self, with: impl Fn(f64, f64) -> f64) -> Self {
        let pairs = self.0.iter().zip(&other.0);
        pairs.map(|(one, other)| with(*one, *other)).collect()
    }
}

impl FromIterator<f64> for Figure {
    fn from_iter<I: IntoIterator<Item = f64>>(runs: I) -> Self {
        Self(runs.into_iter().collect())
    }
}

/// How often something happened in a second.
pub(crate) fn rate(events: u64, within: Duration) -> f64 {
    float(events) / within.as_secs_f64()
}

/// What one of them cost, in microseconds.
pub(crate) fn micros_each(cost: Duration, events: u64) -> f64 {
    cost.as_secs_f64() * 1e6 / float(events)
}

/// How many of them a core would do when it did nothing else.
pub(crate) fn per_core(cost: Duration, events: u64) -> f64 {
    float(events) / cost.as_secs_f64()
}

pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// Counts here are far below 2^53, up to which every one has its float.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "there is no other conversion"
)]
pub(crate) const fn float(count: u64) -> f64 {
    count as f64
}

pub(crate) fn count(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(runs: &[f64]) -> Figure {
        runs.iter().copied().collect()
    }

    #[test]
    fn the_median_of_an_odd_number_of_runs_is_the_middle_one() {
        assert_eq!(figure(&[9.0, 1.0, 3.0]).median(), Some(3.0));
    }

    #[test]
    fn the_median_of_an_even_number_of_runs_lies_between_the_middle_ones() {
        assert_eq!(figure(&[9.0, 1.0, 3.0, 4.0]).median(), Some(3.5));
    }

    #[test]
    fn nothing_that_was_not_measured_has_a_median_or_a_range() {
        assert_eq!(figure(&[]).median(), None);
        assert_eq!(figure(&[]).range(), None);
    }

    #[test]
    fn the_range_goes_from_the_least_to_the_most() {
        assert_eq!(figure(&[9.0, 1.0, 3.0]).range(), Some((1.0, 9.0)));
    }

    #[test]
    fn a_ratio_is_taken_run_by_run() {
        let ours = figure(&[10.0, 30.0]);
        let limit = figure(&[20.0, 40.0]);

        assert_eq!(ours.zip(&limit, |a, b| a / b), figure(&[0.5, 0.75]));
    }

    #[test]
    fn cpu_time_is_shared_out_among_events() {
        let cost = Duration::from_millis(500);

        assert!((micros_each(cost, 100_000) - 5.0).abs() < 1e-9);
        assert!((per_core(cost, 100_000) - 200_000.0).abs() < 1e-9);
        assert!((rate(100, Duration::from_secs(4)) - 25.0).abs() < 1e-9);
    }
}
