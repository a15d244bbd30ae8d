//! What becomes of files.

use std::sync::Arc;

use domain::article::{Article, ArticleBody, ArticleOrigin, ImportSummary, Slug, SlugsTaken};
use domain::ports::ImportArticlesError;
use tokio::task::JoinSet;

use super::{article, install, list, slugs, written};
use crate::contract::ArticleStores;
use crate::contract::fixtures::{EMOJI, at};

pub async fn files_become_articles_and_samples_go_for_good(stores: ArticleStores) {
    assert!(install(&stores, &[article("sample")]).await);
    let files = [file("a"), file("b")];
    let summary = import(&stores, &files, false).await;
    assert_eq!(summary, told(2, 0, 0, 0));
    assert_eq!(list(&stores).await, files);
    assert!(!install(&stores, &[article("sample")]).await);
    assert_eq!(list(&stores).await, files);
}

pub async fn an_import_takes_the_slugs_of_samples(stores: ArticleStores) {
    assert!(install(&stores, &[article("a"), article("b")]).await);
    let files = [file("a")];
    assert_eq!(import(&stores, &files, false).await, told(1, 0, 0, 0));
    assert_eq!(list(&stores).await, files);
}

pub async fn what_is_the_same_stays_untouched(stores: ArticleStores) {
    let files = [file("a"), file("b")];
    import(&stores, &files, false).await;
    let later: Vec<_> = ["a", "b"].into_iter().map(later).collect();
    assert_eq!(import(&stores, &later, true).await, told(0, 0, 2, 0));
    assert_eq!(list(&stores).await, files);
}

pub async fn changed_files_change_their_articles(stores: ArticleStores) {
    let files = [file("a"), file("b")];
    import(&stores, &files, false).await;
    let changed = Article {
        body: ArticleBody::parse("Changed.").expect("a body"),
        url: None,
        published: true,
        ..later("a")
    };
    let summary = import(&stores, &[changed.clone(), later("c")], false).await;
    assert_eq!(summary, told(1, 1, 0, 0));
    let listed = list(&stores).await;
    assert_eq!(slugs(&stores).await, ["a", "b", "c"]);
    let expected = Article {
        id: files.first().expect("a file").id,
        version: 2,
        created_at: at(1),
        ..changed
    };
    assert_eq!(listed.first(), Some(&expected));
}

pub async fn pruning_removes_imported_articles_only(stores: ArticleStores) {
    stores.articles.add(&written("own")).await.expect("added");
    import(&stores, &[file("a"), file("b")], false).await;
    let summary = import(&stores, &[later("b")], true).await;
    assert_eq!(summary, told(0, 0, 1, 1));
    assert_eq!(slugs(&stores).await, ["b", "own"]);
}

pub async fn written_articles_are_not_overwritten_and_nothing_is_changed(stores: ArticleStores) {
    let own = written("own");
    stores.articles.add(&own).await.expect("added");
    import(&stores, &[file("gone")], false).await;
    let before = list(&stores).await;
    let files = [file("new"), file("own")];
    let outcome = stores.articles.import(&files, true).await;
    let Err(ImportArticlesError::SlugsTaken(SlugsTaken(taken))) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(taken, [Slug::parse("own").expect("a slug")]);
    assert_eq!(list(&stores).await, before);
}

pub async fn an_import_of_many_articles_is_kept(stores: ArticleStores) {
    let body = ArticleBody::parse(EMOJI.repeat(1024)).expect("a body");
    let files: Vec<_> = (0..500)
        .map(|number| Article {
            body: body.clone(),
            ..file(&format!("a-{number:03}"))
        })
        .collect();
    assert_eq!(import(&stores, &files, true).await, told(500, 0, 0, 0));
    assert_eq!(list(&stores).await, files);
}

pub async fn imports_at_once_do_not_mix(stores: ArticleStores) {
    let mut imports = JoinSet::new();
    for number in 0..8 {
        let articles = Arc::clone(&stores.articles);
        let files = [file("same"), file(&format!("a-{number}"))];
        imports.spawn(async move { articles.import(&files, true).await });
    }
    for outcome in imports.join_all().await {
        outcome.expect("imported");
    }
    let slugs = slugs(&stores).await;
    assert_eq!(slugs.len(), 2, "{slugs:?}");
    assert_eq!(slugs.last().map(String::as_str), Some("same"));
}

fn file(slug: &str) -> Article {
    Article {
        origin: ArticleOrigin::Imported,
        ..article(slug)
    }
}

/// The same file, read another time.
fn later(slug: &str) -> Article {
    Article {
        created_at: at(100),
        updated_at: at(100),
        ..file(slug)
    }
}

async fn import(stores: &ArticleStores, files: &[Article], prune: bool) -> ImportSummary {
    let outcome = stores.articles.import(files, prune).await;
    outcome.expect("imported")
}

fn told(created: usize, updated: usize, unchanged: usize, removed: usize) -> ImportSummary {
    ImportSummary {
        created,
        updated,
        unchanged,
        removed,
    }
}
