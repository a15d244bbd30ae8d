//! Removes, in the background, what is of no use any more.

use std::time::Duration;

use domain::use_cases::{Sweep, Swept};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// How often it sweeps.
const PERIOD: Duration = Duration::from_mins(1);

/// Sweeps at once and then regularly, from when the store is prepared until `stop`.
pub(crate) async fn run(sweep: Sweep, prepared: CancellationToken, stop: CancellationToken) {
    let sweeping = async {
        prepared.cancelled().await;
        let mut ticks = tokio::time::interval(PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match sweep.execute().await {
                Ok(swept) if swept == Swept::default() => {}
                Ok(swept) => tracing::info!(
                    trimmed_replies = swept.trimmed_replies,
                    stream_tokens = swept.stream_tokens,
                    sessions = swept.sessions,
                    throttles = swept.throttles,
                    idempotency_keys = swept.idempotency_keys,
                    "swept"
                ),
                Err(error) => tracing::warn!(error = %error, "the sweep is put off"),
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = sweeping => {}
    }
}
