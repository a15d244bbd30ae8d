//! What tests share: contract suites for the ports, fakes that keep the same promises, upstreams
//! and proxies that misbehave on demand, and a private PostgreSQL.

pub mod contract;
pub mod fakes;
pub mod fault_proxy;
pub mod postgres;
pub mod postgres_wire_filter;
pub mod slow_upstream;

use std::io::Write as _;

/// Says something past the test harness, which keeps what passing tests print to itself.
pub fn say(line: &str) {
    // Nobody is left to be told when standard error is closed.
    drop(writeln!(std::io::stderr(), "{line}"));
}
