//! The use cases over fakes of every port.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails must stop its test"
)]

mod accounts;
mod articles;
mod attempts;
mod briefs;
mod feedback;
mod handoff;
mod handoff_rules;
mod idempotency;
mod messages;
mod prompts;
mod sessions;
mod sign_in;
mod sources;
mod stream_tokens;
mod sweep;
mod telling;
mod templates;
mod tickets;
mod updates;
mod user_management;
mod world;
