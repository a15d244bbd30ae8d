use std::collections::BTreeSet;
use std::path::Path;

use adapters_postgres::PgStoreHealth;
use domain::ports::StoreHealth as _;
use tokio::task::JoinSet;

use crate::Scratch;

#[tokio::test(flavor = "multi_thread")]
async fn a_new_database_is_healthy_but_not_migrated() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let database = scratch.open();
    let health = PgStoreHealth::new(database.clone());
    health.ping().await.expect("healthy");
    assert!(!health.is_migrated().await.expect("answered"));

    database.migrate().await.expect("migrated");
    assert!(health.is_migrated().await.expect("answered"));
    health.ping().await.expect("healthy");
}

#[tokio::test(flavor = "multi_thread")]
async fn migrating_twice_is_migrating_once() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let database = scratch.migrated().await;
    database.migrate().await.expect("migrated again");
    scratch.migrated().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_start_together_migrate_once() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let mut starts = JoinSet::new();
    for _ in 0..4 {
        let database = scratch.open();
        starts.spawn(async move { database.migrate().await });
    }
    for outcome in starts.join_all().await {
        outcome.expect("migrated");
    }
    let health = PgStoreHealth::new(scratch.open());
    assert!(health.is_migrated().await.expect("answered"));
}

/// HTTP workers and small programs have such runtimes.
#[tokio::test(flavor = "current_thread")]
async fn a_single_thread_may_migrate_too() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let health = PgStoreHealth::new(scratch.migrated().await);
    assert!(health.is_migrated().await.expect("answered"));
}

#[test]
fn both_stores_have_the_same_migrations() {
    assert_eq!(names("postgres"), names("sqlite"));
    assert!(!names("postgres").is_empty());
}

fn names(store: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let entries = folder.join(store).read_dir().expect("a folder");
    entries
        .map(|entry| {
            let name = entry.expect("an entry").file_name();
            name.into_string().expect("a name in UTF-8")
        })
        .collect()
}
