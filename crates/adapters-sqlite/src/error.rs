use std::io;
use std::path::PathBuf;

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use domain::ports::{BoxError, RepositoryError};
use thiserror::Error;
use tokio::task::JoinError;

use crate::connection::PoolError;

/// Why a database file cannot be used.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Its name is not UTF-8, which SQLite asks for.
    #[error("the database's path {0:?} is not valid UTF-8")]
    NotUtf8(PathBuf),
    /// It can be neither found nor made.
    #[error("the database file {path:?} cannot be opened")]
    Inaccessible {
        /// The file, or its folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The connection pools could not be set up.
    #[error("the connection pool cannot be set up")]
    Pool(#[source] BoxError),
}

/// Why a database could not be reserved for this process.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another process serves this database.
    #[error("another process serves the database (it holds {0:?})")]
    Held(PathBuf),
    /// The lock file cannot be used.
    #[error("the lock file {path:?} cannot be used")]
    Inaccessible {
        /// The file, or its folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

/// Why migrations were not applied.
#[derive(Debug, Error)]
pub enum MigrateError {
    /// The database cannot be reached.
    #[error(transparent)]
    Store(#[from] RepositoryError),
    /// A migration does not apply. Nothing of it, or of those before it, is left behind.
    #[error("a migration does not apply")]
    Migration(#[source] BoxError),
}

/// A column holds what the domain does not know.
#[derive(Debug, Error)]
#[error("the column {column} holds an unexpected value")]
pub(crate) struct CorruptColumn {
    pub(crate) column: &'static str,
    pub(crate) source: Option<BoxError>,
}

/// Makes a unit of work fail and roll back. It exists because diesel's transactions ask for a
/// conversion from its own error, which the domain must not know.
#[derive(Debug)]
pub(crate) struct StoreError(pub(crate) RepositoryError);

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        Self(classified(error))
    }
}

impl From<CorruptColumn> for StoreError {
    fn from(error: CorruptColumn) -> Self {
        Self(RepositoryError::Corrupt(Box::new(error)))
    }
}

fn classified(error: DieselError) -> RepositoryError {
    match &error {
        DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
            RepositoryError::Conflict
        }
        _ if is_passing(&error) => RepositoryError::Unavailable(Box::new(error)),
        _ => RepositoryError::Corrupt(Box::new(error)),
    }
}

/// Whether it may go better later. Diesel hands on SQLite's messages but not its codes: these are
/// of `SQLITE_BUSY`, `SQLITE_LOCKED`, `SQLITE_CANTOPEN` and `SQLITE_FULL`.
pub(crate) fn is_passing(error: &DieselError) -> bool {
    const MESSAGES: [&str; 5] = [
        "database is locked",
        "database table is locked",
        "database schema is locked",
        "unable to open database file",
        "database or disk is full",
    ];
    let DieselError::DatabaseError(DatabaseErrorKind::Unknown, information) = error else {
        return false;
    };
    let message = information.message();
    MESSAGES.iter().any(|passing| message.starts_with(passing))
}

/// No connection could be had in time.
pub(crate) fn no_connection(error: PoolError) -> RepositoryError {
    RepositoryError::Unavailable(Box::new(error))
}

/// The unit of work was not run to its end.
pub(crate) fn cut_short(error: JoinError) -> RepositoryError {
    if error.is_panic() {
        RepositoryError::Corrupt(Box::new(error))
    } else {
        RepositoryError::Unavailable(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn a_locked_database_is_unavailable() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("locked.db");
        let [mut one, mut other] =
            [(); 2].map(|()| SqliteConnection::establish(path.to_str().unwrap()).unwrap());
        one.batch_execute("BEGIN IMMEDIATE").unwrap();
        let locked = other.batch_execute("BEGIN IMMEDIATE").unwrap_err();
        assert!(matches!(
            classified(locked),
            RepositoryError::Unavailable(_)
        ));
    }

    #[test]
    fn a_full_disk_is_unavailable() {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        connection
            .batch_execute("PRAGMA max_page_count = 1")
            .unwrap();
        let full = connection.batch_execute("CREATE TABLE t (a)").unwrap_err();
        assert!(matches!(classified(full), RepositoryError::Unavailable(_)));
    }

    #[test]
    fn a_broken_constraint_is_a_conflict_only_if_something_exists() {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        connection
            .batch_execute("CREATE TABLE t (a PRIMARY KEY, b UNIQUE, c CHECK (c > 0))")
            .unwrap();
        connection
            .batch_execute("INSERT INTO t VALUES (1, 1, 1)")
            .unwrap();
        for (values, conflicts) in [("1, 2, 1", true), ("2, 1, 1", true), ("2, 2, 0", false)] {
            let error = connection
                .batch_execute(&format!("INSERT INTO t VALUES ({values})"))
                .unwrap_err();
            let is_conflict = matches!(classified(error), RepositoryError::Conflict);
            assert_eq!(is_conflict, conflicts, "{values}");
        }
    }
}
