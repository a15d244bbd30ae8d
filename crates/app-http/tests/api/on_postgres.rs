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
mod bad_input;
mod binary;
mod cancelling;
mod database_faults;
mod end_to_end;
mod feedback;
mod framework_refusals;
mod handoff;
mod harness;
mod health;
mod interruption;
mod lists;
mod messages;
mod notes;
mod readme;
mod receipts;
mod resuming;
mod search;
mod stream_tokens;
mod tickets;
mod updates;
mod upstream_faults;

/// The database that these tests run over.
const STORE: harness::Store = harness::Store::Postgres;
