use std::sync::Arc;

use adapters_search::{SearchLanguage, TantivyPassageSearch};
use domain::article::{Article, RankedPassage};
use domain::ports::{PassageSearch, RepositoryError};
use testkit::fakes::InMemoryArticleRepository;
use uuid::Uuid;

use crate::{article, search, search_samples};

fn titles(found: &[RankedPassage]) -> Vec<&str> {
    found.iter().map(|r| r.passage.title.as_str()).collect()
}

#[tokio::test]
async fn passages_come_best_first_and_no_more_than_asked_for() {
    let question = "How long do refunds take?";
    let found = search_samples(question).await;
    assert_eq!(found.len(), 4);
    assert!(found.is_sorted_by(|a, b| a.score >= b.score));
    assert!(found.iter().all(|ranked| ranked.score > 0.0));

    let articles = vec![
        article(1, "Refund", "Soon."),
        article(2, "Refunds", "Soon."),
    ];
    assert_eq!(search(articles.clone(), question, 1).await.len(), 1);
    assert!(search(articles, question, 0).await.is_empty());
}

#[tokio::test]
async fn titles_and_headings_count_more_than_the_text() {
    let articles = vec![
        article(1, "Shipping", "A refund may be due."),
        article(2, "Shipping", "## Refunds\nWe pay soon."),
        article(3, "Refunds", "We pay soon enough."),
    ];
    let found = search(articles, "refund", 3).await;
    let about: Vec<_> = found.iter().map(|ranked| ranked.fits).collect();
    assert_eq!(about, [true, true, false]);
    assert_eq!(found.last().unwrap().passage.text, "A refund may be due.");
}

#[tokio::test]
async fn equally_good_passages_come_by_title_and_heading() {
    let articles = vec![
        article(1, "Refunds B", "same"),
        article(2, "Refunds A", "## Y\nsame\n## X\nsame"),
    ];
    for _ in 0..5 {
        let found = search(articles.clone(), "refunds", 5).await;
        let order: Vec<_> = found
            .iter()
            .map(|r| (r.passage.title.as_str(), r.passage.heading.as_deref()))
            .collect();
        let expected = [
            ("Refunds A", Some("X")),
            ("Refunds A", Some("Y")),
            ("Refunds B", None),
        ];
        assert_eq!(order, expected);
    }
}

#[tokio::test]
async fn rare_words_count_more_than_common_ones() {
    let articles = (1..=9)
        .map(|n| article(n, "Orders", "An order is an order."))
        .chain([article(10, "Vouchers", "A voucher for an order.")])
        .collect();
    let found = search(articles, "order with a voucher", 3).await;
    assert_eq!(titles(&found).first(), Some(&"Vouchers"));
}

#[tokio::test]
async fn articles_that_are_not_published_are_not_found() {
    let draft = Article {
        published: false,
        ..article(1, "Refunds", "Soon.")
    };
    assert!(search(vec![draft], "refunds", 4).await.is_empty());
    assert!(search(Vec::new(), "refunds", 4).await.is_empty());
}

#[tokio::test]
async fn passages_keep_what_is_needed_to_quote_them() {
    let found = search(
        vec![article(7, "Refunds", "## When\n- *soon*")],
        "refunds",
        4,
    )
    .await;
    let [ranked] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(ranked.passage.article_id.as_uuid(), Uuid::from_u128(7));
    assert_eq!(ranked.passage.heading.as_deref(), Some("When"));
    assert_eq!(ranked.passage.text, "- *soon*");
    assert_eq!(
        ranked.passage.url.as_deref(),
        Some("https://help.example/7")
    );
}

#[tokio::test]
async fn a_store_that_is_away_is_an_error_not_an_empty_answer() {
    let store = Arc::new(InMemoryArticleRepository::default());
    store.outage().begin();
    let outcome = TantivyPassageSearch::new(store, SearchLanguage::ENGLISH)
        .search("refunds", 4)
        .await;
    assert!(matches!(outcome, Err(RepositoryError::Unavailable(_))));
}
