//! What becomes of articles that people add, change and delete.

use std::sync::Arc;

use domain::article::{
    Article, ArticleBody, ArticleOrigin, ArticleTitle, ArticleUpdate, ArticleUrl, Slug,
};
use domain::ids::ArticleId;
use domain::ports::{ChangeArticleError, RepositoryError};
use domain::ticket::{ExpectedVersion, Setting};
use tokio::task::JoinSet;

use super::{article, install, list, written};
use crate::contract::ArticleStores;
use crate::contract::fixtures::{MANY, at, uuid};

pub async fn a_new_article_removes_the_samples_for_good(stores: ArticleStores) {
    assert!(install(&stores, &[article("sample"), article("own")]).await);
    let own = written("own");
    stores.articles.add(&own).await.expect("added");
    assert_eq!(list(&stores).await, std::slice::from_ref(&own));
    assert!(!install(&stores, &[article("sample")]).await);
    assert_eq!(list(&stores).await, [own]);
}

pub async fn a_slug_that_is_taken_conflicts_and_changes_nothing(stores: ArticleStores) {
    let first = written("same");
    stores.articles.add(&first).await.expect("added");
    let outcome = stores.articles.add(&written("same")).await;
    assert!(matches!(outcome, Err(RepositoryError::Conflict)));
    let twin = Article {
        id: first.id,
        ..written("other")
    };
    let outcome = stores.articles.add(&twin).await;
    assert!(matches!(outcome, Err(RepositoryError::Conflict)));
    assert_eq!(list(&stores).await, [first]);
}

pub async fn a_changed_article_is_stored_whole(stores: ArticleStores) {
    let before = written("before");
    stores.articles.add(&before).await.expect("added");
    let url = ArticleUrl::parse("https://help.example/new").expect("an address");
    let update = ArticleUpdate {
        slug: Some(Slug::parse("after").expect("a slug")),
        title: Some(ArticleTitle::parse("After").expect("a title")),
        body: Some(ArticleBody::parse("Changed.").expect("a body")),
        url: Setting::Set(url.clone()),
        published: Some(false),
    };
    let after = change(&stores, &before, &update).await.expect("changed");
    let expected = Article {
        slug: Slug::parse("after").expect("a slug"),
        title: ArticleTitle::parse("After").expect("a title"),
        body: ArticleBody::parse("Changed.").expect("a body"),
        url: Some(url),
        published: false,
        version: 2,
        updated_at: at(9),
        ..before
    };
    assert_eq!(after, expected);
    let found = stores.articles.find(expected.id).await.expect("read");
    assert_eq!(found.as_ref(), Some(&expected));
    let clear = ArticleUpdate {
        url: Setting::Clear,
        ..ArticleUpdate::default()
    };
    let cleared = change(&stores, &expected, &clear).await.expect("changed");
    assert_eq!((cleared.url.clone(), cleared.version), (None, 3));
    let found = stores.articles.find(cleared.id).await.expect("read");
    assert_eq!(found, Some(cleared));
}

pub async fn a_change_of_another_version_is_refused(stores: ArticleStores) {
    let before = written("a");
    stores.articles.add(&before).await.expect("added");
    let update = titled("Other");
    let articles = &stores.articles;
    let stale = ExpectedVersion::OneOf(vec![2, 7]);
    let outcome = articles.change(before.id, &update, &stale, at(9)).await;
    assert!(matches!(outcome, Err(ChangeArticleError::VersionMismatch)));
    assert_eq!(list(&stores).await, std::slice::from_ref(&before));
    let fresh = ExpectedVersion::OneOf(vec![7, 1]);
    let outcome = articles.change(before.id, &update, &fresh, at(9)).await;
    assert_eq!(outcome.expect("changed").version, 2);
    let unknown = ArticleId::from_uuid(uuid());
    let outcome = articles.change(unknown, &update, &fresh, at(9)).await;
    assert!(matches!(outcome, Err(ChangeArticleError::NotFound)));
}

pub async fn a_change_to_a_taken_slug_conflicts_and_changes_nothing(stores: ArticleStores) {
    let (one, other) = (written("one"), written("other"));
    for article in [&one, &other] {
        stores.articles.add(article).await.expect("added");
    }
    let update = ArticleUpdate {
        slug: Some(other.slug.clone()),
        ..titled("Changed")
    };
    let outcome = change(&stores, &one, &update).await;
    assert!(matches!(
        outcome,
        Err(ChangeArticleError::Repository(RepositoryError::Conflict))
    ));
    assert_eq!(list(&stores).await, [one, other]);
}

pub async fn changes_at_once_are_all_kept(stores: ArticleStores) {
    let article = written("a");
    stores.articles.add(&article).await.expect("added");
    let mut changes = JoinSet::new();
    for number in 0..MANY {
        let articles = Arc::clone(&stores.articles);
        let update = titled(&format!("Title {number}"));
        let id = article.id;
        changes.spawn(async move {
            let any = ExpectedVersion::Any;
            articles.change(id, &update, &any, at(9)).await
        });
    }
    let mut versions = Vec::new();
    for outcome in changes.join_all().await {
        versions.push(outcome.expect("changed").version);
    }
    versions.sort_unstable();
    let expected: Vec<_> = (2..).take(versions.len()).collect();
    assert_eq!(versions, expected);
}

pub async fn a_sample_that_was_worked_on_stays(stores: ArticleStores) {
    let sample = article("sample");
    assert!(install(&stores, &[sample.clone(), article("other")]).await);
    let changed = change(&stores, &sample, &titled("Mine")).await;
    let changed = changed.expect("changed");
    assert_eq!(changed.origin, ArticleOrigin::Written);
    let own = written("z");
    stores.articles.add(&own).await.expect("added");
    assert_eq!(list(&stores).await, [changed, own]);
}

pub async fn a_deleted_article_is_gone(stores: ArticleStores) {
    let (one, other) = (written("one"), written("other"));
    for article in [&one, &other] {
        stores.articles.add(article).await.expect("added");
    }
    let any = ExpectedVersion::Any;
    stores.articles.delete(one.id, &any).await.expect("deleted");
    assert_eq!(list(&stores).await, [other]);
    let again = stores.articles.delete(one.id, &any).await;
    assert!(matches!(again, Err(ChangeArticleError::NotFound)));
}

pub async fn an_article_of_another_version_is_not_deleted(stores: ArticleStores) {
    let article = written("a");
    stores.articles.add(&article).await.expect("added");
    let stale = ExpectedVersion::OneOf(vec![2]);
    let outcome = stores.articles.delete(article.id, &stale).await;
    assert!(matches!(outcome, Err(ChangeArticleError::VersionMismatch)));
    assert_eq!(list(&stores).await, [article]);
}

pub(super) fn titled(title: &str) -> ArticleUpdate {
    ArticleUpdate {
        title: Some(ArticleTitle::parse(title).expect("a title")),
        ..ArticleUpdate::default()
    }
}

async fn change(
    stores: &ArticleStores,
    article: &Article,
    update: &ArticleUpdate,
) -> Result<Article, ChangeArticleError> {
    let any = ExpectedVersion::Any;
    stores
        .articles
        .change(article.id, update, &any, at(9))
        .await
}
