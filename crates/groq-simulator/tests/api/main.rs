#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a harness that cannot go on must stop the test"
)]

mod answers;
mod command_line;
mod control;
mod faults;
mod harness;
mod journal;
mod lifecycle;
mod rate_limits;
mod refusals;
mod streams;
mod validation;
mod wire;
