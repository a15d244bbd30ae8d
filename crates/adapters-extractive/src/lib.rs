//! The assistant without a model: finds passages of help articles by their words and quotes them.
//!
//! It needs no key and no network. It must not know where articles are stored, and it never says
//! anything that no article says.

#![deny(missing_docs)]

mod extractive_chat_model;
mod keyword_passage_search;
mod samples;

pub use self::extractive_chat_model::ExtractiveChatModel;
pub use self::keyword_passage_search::KeywordPassageSearch;
pub use self::samples::sample_articles;
