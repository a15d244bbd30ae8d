#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a harness that cannot start must stop the test"
)]

//! The model over real sockets: a raw upstream for everything that goes wrong on the wire, and the
//! simulator for what the service does.

mod error_frames;
mod framing;
mod harness;
mod interruptions;
mod logging;
mod refusals;
mod requests;
mod secrecy;
mod simulated;
mod timeouts;
mod usage;
