//! The reply stream over several processes of the real binary that share one database, and over
//! one process that goes away and comes back. Only the model behind them is not real.
//!
//! Random choices come from a seed, which is said on standard error. To repeat or to prolong them:
//!
//! - `REPLICAS_SEED` is the seed to use;
//! - `REPLICAS_KILL_ROUNDS` is how many rounds of killing there are, instead of a few.

#![expect(dead_code, reason = "the harness is shared with other test binaries")]
#![expect(
    clippy::indexing_slicing,
    reason = "a missing member must stop the test"
)]
#![expect(
    clippy::expect_used,
    reason = "a harness that cannot start must stop the test"
)]
#![expect(
    clippy::panic,
    reason = "a harness that waits in vain must stop the test"
)]

mod attempts;
mod cancel;
mod chance;
mod database_restart;
mod fan_in;
mod fleet;
mod handoff_kills;
mod kills;
mod lost_clients;
mod lost_notifications;
mod process;
mod raw_client;
mod reader;
mod shutdown;
mod slow_reader;
mod stored;
mod suspended;

#[path = "../api"]
mod shared {
    pub mod binary;
    pub mod harness;
}

use self::shared::{binary, harness};

/// What the shared harness makes for those who do not say.
const STORE: harness::Store = harness::Store::Postgres;
