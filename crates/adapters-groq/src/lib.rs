//! The model behind Groq's chat-completions API, or behind any host that speaks the same
//! protocol.
//!
//! This crate knows how a conversation is asked over HTTP and how the answer is read from
//! server-sent events, and it turns everything that can go wrong into a
//! [`ChatModelError`](domain::ports::ChatModelError). It asks once: whether to ask again, and whom,
//! is decided above it. It must not know tickets, prompts or how an answer is stored, and it lets
//! no word of the host's errors and no key out.

#![deny(missing_docs)]

mod answer;
mod answer_stream;
mod chat_model;
mod clients;
mod completion_chunk;
mod completion_request;
mod endpoint;
mod error_body;
mod fault;
mod host_check;
mod patience;
mod refusal;
mod settings;
mod sse_decoder;
mod thought_filter;

pub use crate::chat_model::GroqChatModel;
pub use crate::host_check::HostCheck;
pub use crate::settings::{GroqSettings, GroqSettingsError, Timeouts};
