//! The search, over the sample articles and over others.

#![expect(clippy::expect_used, reason = "a helper that fails must stop its test")]

mod following;
mod questions;
mod ranking;
mod stories;
mod words;

use std::sync::Arc;

use adapters_extractive::sample_articles;
use adapters_search::{SearchLanguage, TantivyPassageSearch};
use chrono::DateTime;
use domain::article::{
    Article, ArticleBody, ArticleOrigin, ArticleTitle, ArticleUrl, RankedPassage, Slug,
};
use domain::ids::ArticleId;
use domain::ports::PassageSearch;
use domain::use_cases::InstallSampleArticles;
use testkit::fakes::{FixedClock, InMemoryArticleRepository, SequentialIds};
use uuid::Uuid;

/// What is found in the sample articles, best first.
async fn search_samples(question: &str) -> Vec<RankedPassage> {
    let articles = Arc::new(InMemoryArticleRepository::default());
    let clock = Arc::new(FixedClock::default());
    let ids = Arc::new(SequentialIds::default());
    InstallSampleArticles::new(articles.clone(), clock, ids)
        .execute(&sample_articles())
        .await
        .expect("the samples should be valid");
    TantivyPassageSearch::new(articles, SearchLanguage::ENGLISH)
        .search(question, 4)
        .await
        .expect("the articles should be readable")
}

fn article(number: u32, title: &str, body: &str) -> Article {
    Article {
        id: ArticleId::from_uuid(Uuid::from_u128(number.into())),
        slug: Slug::parse(format!("article-{number}")).expect("it is a slug"),
        title: ArticleTitle::parse(title).expect("it is a title"),
        body: ArticleBody::parse(body).expect("it is a text"),
        url: ArticleUrl::parse(format!("https://help.example/{number}")).ok(),
        published: true,
        origin: ArticleOrigin::Written,
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}

async fn search(articles: Vec<Article>, question: &str, max: usize) -> Vec<RankedPassage> {
    let store = Arc::new(InMemoryArticleRepository::holding(articles));
    let found = TantivyPassageSearch::new(store, SearchLanguage::ENGLISH)
        .search(question, max)
        .await;
    found.expect("the articles should be readable")
}
