//! The assistant without a model: quotes the passages of help articles that a search found.
//!
//! It needs no key and no network. It must not know where articles are stored, and of the
//! matter it says nothing that no article says.

#![deny(missing_docs)]

mod extractive_chat_model;
mod samples;

pub use self::extractive_chat_model::ExtractiveChatModel;
pub use self::samples::sample_articles;
