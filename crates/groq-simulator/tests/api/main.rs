#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a harness that cannot go on must stop the test"
)]

mod answers;
mod chunk_shapes;
mod command_line;
mod control;
mod crowd;
mod cuts;
mod error_forms;
mod faults;
mod harness;
mod journal;
mod lifecycle;
mod rate_limit_kinds;
mod rate_limits;
mod raw;
mod refusals;
mod scripting;
mod streams;
mod validation;
mod wire;
mod wire_formats;
