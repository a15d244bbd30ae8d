//! The contract of [`ArticleRepository`](domain::ports::ArticleRepository).

use std::sync::Arc;

use domain::article::{Article, ArticleBody, ArticleTitle, Slug};
use domain::ids::ArticleId;
use tokio::task::JoinSet;

use super::ArticleStores;
use super::fixtures::{EMOJI, MANY, at, uuid};

/// One test for each promise of `ArticleRepository`, over an expression that gives fresh
/// [`ArticleStores`].
#[macro_export]
macro_rules! article_repository_contract {
    ($stores:expr) => {
        $crate::contract_cases!(
            articles,
            $stores,
            [
                every_field_of_an_article_comes_back,
                times_of_articles_are_exact_to_the_microsecond,
                an_article_of_64_kib_with_emoji_is_kept,
                an_empty_store_has_no_articles,
                published_articles_are_listed_by_slug,
                unpublished_articles_are_not_listed,
                samples_are_installed_once,
                of_many_installations_at_once_one_stores_the_samples,
            ]
        );
    };
}

pub async fn every_field_of_an_article_comes_back(stores: ArticleStores) {
    let given = vec![
        Article {
            url: Some("https://help.example.com/a?b=c#d".to_owned()),
            sample: false,
            version: 7,
            ..article("a-1")
        },
        article("b-2"),
    ];
    assert!(install(&stores, &given).await);
    assert_eq!(list(&stores).await, given);
}

pub async fn times_of_articles_are_exact_to_the_microsecond(stores: ArticleStores) {
    let given: Vec<_> = [("a", 0), ("b", 1), ("c", 999_999)]
        .into_iter()
        .map(|(slug, micros)| Article {
            created_at: at(micros),
            updated_at: at(micros + 1),
            ..article(slug)
        })
        .collect();
    assert!(install(&stores, &given).await);
    assert_eq!(list(&stores).await, given);
}

pub async fn an_article_of_64_kib_with_emoji_is_kept(stores: ArticleStores) {
    let given = Article {
        title: ArticleTitle::parse(EMOJI.repeat(ArticleTitle::MAX_CHARS)).expect("a title"),
        body: ArticleBody::parse(format!("# {}\r\n", EMOJI.repeat(16 * 1024))).expect("a body"),
        ..article("long")
    };
    assert!(install(&stores, std::slice::from_ref(&given)).await);
    assert_eq!(list(&stores).await, [given]);
}

pub async fn an_empty_store_has_no_articles(stores: ArticleStores) {
    assert_eq!(list(&stores).await, []);
}

pub async fn published_articles_are_listed_by_slug(stores: ArticleStores) {
    let given = ["refunds", "accounts", "z", "delivery-2", "delivery-10"].map(article);
    assert!(install(&stores, &given).await);
    assert_eq!(
        slugs(&stores).await,
        ["accounts", "delivery-10", "delivery-2", "refunds", "z"]
    );
}

pub async fn unpublished_articles_are_not_listed(stores: ArticleStores) {
    let draft = Article {
        published: false,
        ..article("draft")
    };
    assert!(install(&stores, &[draft, article("shown")]).await);
    assert_eq!(slugs(&stores).await, ["shown"]);
}

pub async fn samples_are_installed_once(stores: ArticleStores) {
    let first = [article("first")];
    assert!(install(&stores, &first).await);
    assert!(!install(&stores, &[article("second")]).await);
    assert!(!install(&stores, &first).await);
    assert_eq!(list(&stores).await, first);
}

pub async fn of_many_installations_at_once_one_stores_the_samples(stores: ArticleStores) {
    let mut installations = JoinSet::new();
    for number in 0..MANY {
        let articles = Arc::clone(&stores.articles);
        let samples = [article(&format!("a-{number}")), article("same")];
        installations.spawn(async move {
            let outcome = articles.install_samples(&samples, at(5)).await;
            outcome.expect("answered").then_some(samples)
        });
    }
    let outcomes = installations.join_all().await;
    let mut winners = outcomes.into_iter().flatten();
    let winner = winners.next().expect("one is stored");
    assert_eq!(winners.next(), None, "two were stored");
    assert_eq!(list(&stores).await, winner);
}

fn article(slug: &str) -> Article {
    Article {
        id: ArticleId::from_uuid(uuid()),
        slug: Slug::parse(slug).expect("a slug"),
        title: ArticleTitle::parse("How refunds work").expect("a title"),
        body: ArticleBody::parse("Intro.\n\n## How\nAsk.").expect("a body"),
        url: None,
        published: true,
        sample: true,
        version: 1,
        created_at: at(1),
        updated_at: at(2),
    }
}

async fn install(stores: &ArticleStores, samples: &[Article]) -> bool {
    let outcome = stores.articles.install_samples(samples, at(5)).await;
    outcome.expect("answered")
}

async fn list(stores: &ArticleStores) -> Vec<Article> {
    stores.articles.list_published().await.expect("listed")
}

async fn slugs(stores: &ArticleStores) -> Vec<String> {
    let articles = list(stores).await;
    articles
        .iter()
        .map(|article| article.slug.as_str().to_owned())
        .collect()
}
