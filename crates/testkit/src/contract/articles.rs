//! The contracts of [`ArticleRepository`](domain::ports::ArticleRepository) and
//! [`KnowledgeSource`](domain::ports::KnowledgeSource).

pub mod changes;
pub mod imports;
pub mod knowledge;

use std::sync::Arc;

use domain::article::{
    Article, ArticleBody, ArticleFilter, ArticleOrigin, ArticleTitle, ArticleUrl, Slug,
};
use domain::ids::ArticleId;
use domain::page::PageLimit;
use tokio::task::JoinSet;

use super::ArticleStores;
use super::fixtures::{EMOJI, MANY, at, limit, uuid};

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
                an_unknown_article_is_none,
                articles_are_listed_newest_first_page_by_page,
                articles_are_filtered_by_being_published,
            ]
        );
        $crate::contract_cases!(
            articles::changes,
            $stores,
            [
                a_new_article_removes_the_samples_for_good,
                a_slug_that_is_taken_conflicts_and_changes_nothing,
                a_changed_article_is_stored_whole,
                a_change_of_another_version_is_refused,
                a_change_to_a_taken_slug_conflicts_and_changes_nothing,
                changes_at_once_are_all_kept,
                a_sample_that_was_worked_on_stays,
                a_deleted_article_is_gone,
                an_article_of_another_version_is_not_deleted,
            ]
        );
        $crate::contract_cases!(
            articles::imports,
            $stores,
            [
                files_become_articles_and_samples_go_for_good,
                an_import_takes_the_slugs_of_samples,
                what_is_the_same_stays_untouched,
                changed_files_change_their_articles,
                pruning_removes_imported_articles_only,
                written_articles_are_not_overwritten_and_nothing_is_changed,
                an_import_of_many_articles_is_kept,
                imports_at_once_do_not_mix,
            ]
        );
        $crate::contract_cases!(
            articles::knowledge,
            $stores,
            [
                every_change_raises_the_revision,
                what_changes_nothing_may_keep_the_revision,
                synonyms_come_back_as_they_were_set,
            ]
        );
    };
}

pub async fn every_field_of_an_article_comes_back(stores: ArticleStores) {
    let given = vec![
        Article {
            url: Some(ArticleUrl::parse("https://help.example.com/a?b=c#d").expect("an address")),
            origin: ArticleOrigin::Imported,
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

pub async fn an_unknown_article_is_none(stores: ArticleStores) {
    stores.articles.add(&article("a")).await.expect("added");
    let unknown = ArticleId::from_uuid(uuid());
    assert_eq!(stores.articles.find(unknown).await.expect("read"), None);
}

pub async fn articles_are_listed_newest_first_page_by_page(stores: ArticleStores) {
    let mut given = Vec::new();
    // Two each are of the same microsecond.
    for number in 0..7 {
        let article = Article {
            created_at: at(number / 2),
            ..written(&format!("a-{number}"))
        };
        stores.articles.add(&article).await.expect("added");
        given.push(article);
    }
    given.sort_by_key(|article| (article.created_at, article.id));
    given.reverse();
    let mut listed = Vec::new();
    let mut after = None;
    loop {
        let page = stores
            .articles
            .list(ArticleFilter::default(), after, limit(3))
            .await
            .expect("listed");
        let is_last = page.items.len() < 3;
        listed.extend(page.items.into_iter().map(|summary| summary.id));
        after = page.next;
        if after.is_none() {
            assert!(is_last);
            break;
        }
    }
    let expected: Vec<_> = given.iter().map(|article| article.id).collect();
    assert_eq!(listed, expected);
}

pub async fn articles_are_filtered_by_being_published(stores: ArticleStores) {
    for (slug, published) in [("draft", false), ("shown", true)] {
        let article = Article {
            published,
            ..written(slug)
        };
        stores.articles.add(&article).await.expect("added");
    }
    for (published, slugs) in [
        (None, &["draft", "shown"][..]),
        (Some(true), &["shown"]),
        (Some(false), &["draft"]),
    ] {
        let filter = ArticleFilter { published };
        let page = stores.articles.list(filter, None, PageLimit::MAX).await;
        let mut found: Vec<_> = page.expect("listed").items;
        found.sort_by(|a, b| a.slug.cmp(&b.slug));
        let found: Vec<_> = found.iter().map(|article| article.slug.as_str()).collect();
        assert_eq!(found, slugs);
    }
}

fn written(slug: &str) -> Article {
    Article {
        origin: ArticleOrigin::Written,
        ..article(slug)
    }
}

fn article(slug: &str) -> Article {
    Article {
        id: ArticleId::from_uuid(uuid()),
        slug: Slug::parse(slug).expect("a slug"),
        title: ArticleTitle::parse("How refunds work").expect("a title"),
        body: ArticleBody::parse("Intro.\n\n## How\nAsk.").expect("a body"),
        url: None,
        published: true,
        origin: ArticleOrigin::Sample,
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
    stores.knowledge.list_published().await.expect("listed")
}

async fn slugs(stores: &ArticleStores) -> Vec<String> {
    let articles = list(stores).await;
    articles
        .iter()
        .map(|article| article.slug.as_str().to_owned())
        .collect()
}
