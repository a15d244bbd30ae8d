//! The black-box tests over PostgreSQL, and those of what only a server can do to its clients.

#![expect(dead_code, reason = "two test binaries share the harness")]
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

mod accounts;
mod ai_response;
mod attempts;
mod bad_input;
mod binary;
mod cancelling;
mod cors;
mod database_faults;
mod end_to_end;
mod framework_refusals;
mod handoff;
mod harness;
mod health;
mod interruption;
mod login_flood;
mod messages;
mod readme;
mod request_limits;
mod response_headers;
mod resuming;
mod smuggling;
mod stream_tokens;
mod tickets;
mod upstream_faults;

/// The database that these tests run over.
const STORE: harness::Store = harness::Store::Postgres;
