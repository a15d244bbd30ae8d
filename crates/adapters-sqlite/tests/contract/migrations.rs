use adapters_sqlite::SqliteStoreHealth;
use domain::ports::StoreHealth as _;
use tokio::task::JoinSet;

use crate::Scratch;

#[tokio::test(flavor = "multi_thread")]
async fn a_new_database_is_healthy_but_not_migrated() {
    let scratch = Scratch::new();
    let database = scratch.open();
    let health = SqliteStoreHealth::new(database.clone());
    health.ping().await.expect("healthy");
    assert!(!health.is_migrated().await.expect("answered"));

    database.migrate().await.expect("migrated");
    assert!(health.is_migrated().await.expect("answered"));
    health.ping().await.expect("healthy");
}

#[tokio::test(flavor = "multi_thread")]
async fn migrating_twice_is_migrating_once() {
    let scratch = Scratch::new();
    let database = scratch.migrated().await;
    database.migrate().await.expect("migrated again");
    scratch.migrated().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_start_together_migrate_once() {
    let scratch = Scratch::new();
    let mut starts = JoinSet::new();
    for _ in 0..8 {
        let database = scratch.open();
        starts.spawn(async move { database.migrate().await });
    }
    for outcome in starts.join_all().await {
        outcome.expect("migrated");
    }
    let health = SqliteStoreHealth::new(scratch.open());
    assert!(health.is_migrated().await.expect("answered"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_database_is_unhealthy() {
    let scratch = Scratch::new();
    let database = scratch.open();
    std::fs::write(scratch.path(), "not a database, by its first bytes").expect("written");
    let health = SqliteStoreHealth::new(database.clone());
    let refusal = health.ping().await;
    assert!(matches!(
        refusal,
        Err(domain::ports::RepositoryError::Unavailable(_))
    ));
    database.migrate().await.expect_err("not migrated");
}
