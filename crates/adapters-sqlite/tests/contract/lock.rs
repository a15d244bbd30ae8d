use std::path::Path;

use adapters_sqlite::{LockError, SqliteDatabase};

use crate::Scratch;

#[test]
fn one_process_serves_a_database() {
    let scratch = Scratch::new();
    let lock = SqliteDatabase::lock_exclusively(&scratch.path()).expect("locked");
    assert!(matches!(
        SqliteDatabase::lock_exclusively(&scratch.path()),
        Err(LockError::Held(path)) if path.ends_with("support.db.lock")
    ));
    drop(lock);
    drop(SqliteDatabase::lock_exclusively(&scratch.path()).expect("locked again"));
}

#[test]
fn databases_are_locked_each_by_itself() {
    let (one, other) = (Scratch::new(), Scratch::new());
    let locks = [one, other].map(|scratch| {
        let lock = SqliteDatabase::lock_exclusively(&scratch.path());
        (lock.expect("locked"), scratch)
    });
    drop(locks);
}

#[cfg(unix)]
#[test]
fn a_link_leads_to_the_same_lock() {
    let scratch = Scratch::new();
    let lock = SqliteDatabase::lock_exclusively(&scratch.path()).expect("locked");
    let link = scratch.folder.path().join("link.db");
    std::os::unix::fs::symlink(scratch.path(), &link).expect("linked");
    let refusal = SqliteDatabase::lock_exclusively(&link);
    assert!(matches!(refusal, Err(LockError::Held(_))));
    drop(lock);
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let refusal = SqliteDatabase::lock_exclusively(Path::new("/dev/null/support.db"));
    assert!(matches!(refusal, Err(LockError::Inaccessible { .. })));
}
