//! Retrieval of help articles: an index in memory, made from the articles in the database and made
//! anew when they change, so that every database and every replica ranks alike.
//!
//! It must not know which database that is, who asks, or what is done with the passages.

#![deny(missing_docs)]

mod analyzer;
mod built_in_synonyms;
mod concepts;
mod evidence;
mod excerpt;
mod index;
mod language;
mod question;
mod ranking;
mod spelling;
mod tantivy_passage_search;
mod words;

pub use self::language::SearchLanguage;
pub use self::tantivy_passage_search::TantivyPassageSearch;
