//! The machine's clock and random ids, as ports.

use chrono::{DateTime, SubsecRound as _, Utc};
use domain::ports::{Clock, IdGenerator};
use uuid::Uuid;

/// The machine's clock, in whole microseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the port's implementation"
        )]
        let now = Utc::now();
        now.trunc_subsecs(6)
    }
}

/// Ids that rise with time (`UUIDv7`, RFC 9562).
#[derive(Clone, Copy, Debug)]
pub(crate) struct UuidV7Ids;

impl IdGenerator for UuidV7Ids {
    fn generate(&self) -> Uuid {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the port's implementation"
        )]
        Uuid::now_v7()
    }
}
