//! A local server that answers as Groq's chat-completions API does, for tests, demos and
//! benchmarks.
//!
//! It keeps to the wire format: the order of chunks and of their keys, the error bodies, the
//! headers, the closed request schema. On top of that it does what the real service does only on
//! a bad day, on demand: [`Reply`] scripts the next answer, faults included, and the journal
//! ([`Simulator::requests`]) tells what a client sent and whether it stayed to the end.
//!
//! It knows nothing of the assistant, so it can also stand in for Groq in front of any other
//! client. The binary `groq-simulator` serves the same thing from a command line, steered over its
//! control endpoints:
//!
//! - `POST /control/replies` scripts the next answers, as an array of objects with the keys of
//!   [`Reply`]: `[{"text": "Hi", "tokens_per_second": 20}, {"status": 429, "retry_after": 3}]`;
//!   with `"at": 3` a reply is for the third request from then on, whatever the others get;
//! - `PUT /control/rate-limits` sets the limits, as an object with the fields of [`RateLimits`]:
//!   `{"requests_per_minute": 30}`; those left out are off;
//! - `GET /control/requests` returns the [`Counts`] as `counts` and the journal as `requests`;
//! - `DELETE /control` forgets replies and journal, and goes back to the limits of the start.

#![deny(missing_docs)]

mod answer;
mod answering;
mod body;
mod compression;
mod config;
mod connection;
mod error;
mod framing;
mod headers;
mod identity;
mod journal;
mod limits;
mod model;
mod playlist;
mod refusal;
mod reply;
mod request;
mod routes;
mod schema;
mod server;
mod simulator;
mod state;
mod text;
mod transcript;
mod wire;

pub use crate::{
    config::Config,
    journal::{Counts, DeadlinePassed, Outcome, RecordedHeaders, RecordedRequest},
    limits::RateLimits,
    reply::{ChunkShape, ErrorForm, LineEnd, Reply, ToolCall, Writes},
    simulator::Simulator,
};
