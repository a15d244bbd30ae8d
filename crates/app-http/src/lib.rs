//! The HTTP server and command line of support-assistant.
//!
//! Handlers turn requests into calls of use cases and results into responses; they decide nothing
//! else. Only `composition` names adapters: swapping one is a change of that file.

mod access_watch;
pub mod application;
mod article_files;
mod causes;
pub mod cli;
mod client_address;
pub mod composition;
pub mod config;
mod connection;
mod cursor;
mod doctor;
mod error;
mod extract;
mod handlers;
mod janitor;
mod listening;
mod measures;
mod middleware;
mod nullable;
mod openapi;
mod problem;
mod progress;
mod rate_limit;
mod routes;
mod sse;
mod system;
pub mod telemetry;
mod trace_context;
mod use_cases;
mod validation;
