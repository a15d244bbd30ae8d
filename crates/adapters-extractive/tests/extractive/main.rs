//! The search and the assistant that quotes what it finds, over the sample articles.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails must stop its test"
)]

mod answers;
mod questions;
mod ranking;

use std::sync::Arc;

use adapters_extractive::{KeywordPassageSearch, sample_articles};
use domain::article::RankedPassage;
use domain::ports::PassageSearch;
use domain::use_cases::InstallSampleArticles;
use testkit::fakes::{FixedClock, InMemoryArticleRepository, SequentialIds};

/// What is found in the sample articles, best first.
async fn search_samples(question: &str) -> Vec<RankedPassage> {
    let articles = Arc::new(InMemoryArticleRepository::default());
    let clock = Arc::new(FixedClock::default());
    let ids = Arc::new(SequentialIds::default());
    InstallSampleArticles::new(articles.clone(), clock, ids)
        .execute(&sample_articles())
        .await
        .expect("the samples should be valid");
    KeywordPassageSearch::new(articles)
        .search(question, 4)
        .await
        .expect("the articles should be readable")
}
