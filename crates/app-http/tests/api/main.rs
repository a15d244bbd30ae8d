//! Black-box tests: the production wiring behind a real socket, asked by real clients.

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
mod architecture;
mod bad_input;
mod binary;
mod cancelling;
mod command_line;
mod compression;
mod configuration;
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
mod sample_articles;
mod search;
mod stream_tokens;
mod tickets;
mod updates;
mod upstream_faults;

/// The database that these tests run over.
const STORE: harness::Store = harness::Store::Sqlite;
