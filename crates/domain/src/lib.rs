//! The heart of support-assistant: entities, value objects, ports and use cases.
//!
//! It knows what a ticket, a message and a reply are and which moves they allow. It must not know
//! how anything is stored, sent or scheduled: no database, no HTTP, no runtime, no JSON. The
//! outside world is reached through the traits in [`ports`], which adapters implement.

#![deny(missing_docs, clippy::future_not_send, clippy::missing_errors_doc)]

pub mod article;
pub mod citation;
pub mod handoff;
pub mod idempotency;
pub mod ids;
pub mod message;
mod names;
pub mod network;
pub mod page;
pub mod password;
pub mod ports;
pub mod prompt;
pub mod reply;
pub mod session;
pub mod statistics;
pub mod stream_token;
pub mod text;
pub mod throttle;
pub mod ticket;
pub mod use_cases;
pub mod user;
