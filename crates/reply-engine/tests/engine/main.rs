//! The engine over a real store: two engines on one database are two processes to each other.

#![expect(
    clippy::expect_used,
    reason = "a harness that cannot start must stop the test"
)]
#![expect(
    clippy::panic,
    reason = "a harness that waits in vain must stop the test"
)]

mod cancelling;
mod following;
mod handing_off;
mod handover;
mod resuming;
mod retrying;
mod takeover;
mod trimming;
mod world;
