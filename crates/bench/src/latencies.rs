use std::time::Duration;

use anyhow::Context as _;
use hdrhistogram::Histogram;

/// Durations in microseconds, to three digits.
#[derive(Clone, Debug)]
pub(crate) struct Latencies(Histogram<u64>);

impl Latencies {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let longest = 600_000_000;
        let histogram = Histogram::new_with_bounds(1, longest, 3).context("a histogram")?;
        Ok(Self(histogram))
    }

    pub(crate) fn record(&mut self, duration: Duration) {
        self.record_times(duration, 1);
    }

    pub(crate) fn record_times(&mut self, duration: Duration, times: u64) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.0.saturating_record_n(micros, times);
    }

    /// Below which this share of all lies, from 0 to 1.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        Duration::from_micros(self.0.value_at_quantile(share))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> u64 {
        self.0.len()
    }

    /// The curve by quantiles, for a plot.
    pub(crate) fn curve(&self) -> Vec<(f64, Duration)> {
        let shares = [
            0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999,
        ];
        let points = shares.into_iter();
        points.map(|share| (share, self.quantile(share))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_what_was_recorded() {
        let mut latencies = Latencies::new().unwrap();
        for millis in 1..=100 {
            latencies.record(Duration::from_millis(millis));
        }

        let p50 = latencies.quantile(0.5);
        let p99 = latencies.quantile(0.99);

        assert_eq!(latencies.len(), 100);
        assert!(p50.abs_diff(Duration::from_millis(50)) < Duration::from_micros(100));
        assert!(p99.abs_diff(Duration::from_millis(99)) < Duration::from_micros(100));
    }

    #[test]
    fn what_comes_several_times_counts_as_often() {
        let mut latencies = Latencies::new().unwrap();
        latencies.record_times(Duration::from_millis(1), 98);
        latencies.record_times(Duration::from_millis(200), 2);

        assert_eq!(latencies.quantile(0.98).as_millis(), 1);
        assert_eq!(latencies.quantile(0.99).as_millis(), 200);
    }
}
