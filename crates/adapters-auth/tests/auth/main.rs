//! Both adapters through their ports.

#![expect(clippy::expect_used, reason = "a helper that fails must stop its test")]

mod access_tokens;
mod forgery;
mod passwords;
