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
mod article_import;
mod article_search;
mod articles;
mod attempts;
mod bad_input;
mod binary;
mod broken_templates;
mod cancelling;
mod citations;
mod command_line;
mod compression;
mod configuration;
mod cors;
mod end_to_end;
mod failed_answers;
mod feedback;
mod framework_refusals;
mod handoff;
mod handoffs;
mod harness;
mod health;
mod idempotency;
mod interruption;
mod lists;
mod login_flood;
mod lost_access;
mod messages;
mod metrics;
mod notes;
mod problems;
mod prompt_secrecy;
mod prompt_templates;
mod prompts;
mod readme;
mod receipts;
mod request_limits;
mod response_headers;
mod resuming;
mod rights;
mod sample_articles;
mod search;
mod secrecy;
mod sessions;
mod smuggling;
mod statistics;
mod stream_tokens;
mod tickets;
mod token_attacks;
mod traces;
mod updates;
mod upstream_faults;
mod users;

/// The database that these tests run over.
const STORE: harness::Store = harness::Store::Sqlite;
