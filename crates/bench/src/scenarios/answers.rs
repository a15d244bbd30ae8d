use std::time::Duration;

use crate::cpu::CpuTimes;
use crate::figures::{micros_each, per_core, rate};
use crate::latencies::Latencies;
use crate::load::Load;

/// The share of what the server takes at most at which latencies are measured.
const SHARE: f64 = 0.5;

/// What a server makes of one kind of request.
pub(crate) struct Answers {
    /// A second, with every connection busy.
    pub(crate) throughput: f64,
    /// Of CPU time for each, of all servers together.
    pub(crate) server_us: f64,
    pub(crate) database_us: f64,
    pub(crate) load_us: f64,
    /// How many of them one core of the server's CPU gives in a second.
    pub(crate) per_core: f64,
    pub(crate) bytes: usize,
    pub(crate) errors: u64,
    /// At a rate of half the throughput, from when each request was due.
    pub(crate) rate: u32,
    pub(crate) latencies: Latencies,
}

impl Answers {
    /// Loads the server twice for so long: with all that it takes, and with half of that.
    pub(super) async fn measure(
        cpu: impl Fn() -> anyhow::Result<CpuTimes>,
        load: &Load,
        lasting: Duration,
    ) -> anyhow::Result<Self> {
        let before = cpu()?;
        let full = load.saturate(lasting).await?;
        let spent = cpu()? - before;
        let servers = spent.server + spent.replica;
        let throughput = rate(full.done, full.took);
        let half = whole(throughput * SHARE).max(1);
        let steady = load.at_rate(half, lasting).await?;
        Ok(Self {
            throughput,
            server_us: micros_each(servers, full.done),
            database_us: micros_each(spent.database, full.done),
            load_us: micros_each(spent.load, full.done),
            per_core: per_core(servers, full.done),
            bytes: full.bytes,
            errors: full.errors + steady.errors,
            rate: half,
            latencies: steady.latencies,
        })
    }
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rates are far from the ends of both types, and the conversion saturates"
)]
const fn whole(rate: f64) -> u32 {
    rate as u32
}
