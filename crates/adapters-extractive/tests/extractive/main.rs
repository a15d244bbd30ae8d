//! The assistant that quotes what a search found.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails must stop its test"
)]

mod answers;
