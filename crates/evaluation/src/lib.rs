//! How well the search of help articles does on questions whose answers are known, beside a plain
//! one. It is for developers only.

#![deny(missing_docs)]

mod baseline;
mod data;
mod listing;
mod measure;
mod report;

use std::sync::Arc;

use adapters_search::{SearchLanguage, TantivyPassageSearch};
use testkit::fakes::InMemoryArticleRepository;

use self::baseline::PlainBm25;
use self::data::Data;
use self::measure::{measure, measure_in_stories};

/// Where the report is checked in.
pub const REPORT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/EVALUATION.md");

/// Asks every question of both searches; the same code gives the same report.
///
/// # Errors
/// When the articles or questions cannot be read.
pub async fn report() -> anyhow::Result<String> {
    let data = Data::read()?;
    let search = search_of(&data);
    let plain = PlainBm25::new(&data.articles);
    let ours = measure(&data, &search).await?;
    let theirs = measure(&data, &plain).await?;
    let told = measure_in_stories(&data, &search).await?;
    Ok(report::write(&data, &ours, &theirs, &told))
}

/// What was found for the questions that the search is tuned on.
///
/// # Errors
/// When the articles or questions cannot be read.
pub async fn listing() -> anyhow::Result<String> {
    let data = Data::read()?;
    listing::list(&data, &search_of(&data)).await
}

fn search_of(data: &Data) -> TantivyPassageSearch {
    let articles = Arc::new(InMemoryArticleRepository::holding(data.articles.clone()));
    TantivyPassageSearch::new(articles, SearchLanguage::ENGLISH)
}
