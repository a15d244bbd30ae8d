use std::path::PathBuf;

use diesel::result::{ConnectionError, DatabaseErrorKind, Error as DieselError};
use domain::ports::{BoxError, RepositoryError};
use thiserror::Error;
use tokio::task::JoinError;

use crate::pool::PoolError;

/// Why a database cannot be used as the settings say. No message repeats the URL, which may hold a
/// password.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// It is no `postgres://` URL with a host.
    #[error("the database URL must look like postgres://user:password@host:port/database")]
    MalformedUrl,
    /// The URL has a parameter that means nothing here.
    #[error(
        "the database URL has an unknown parameter, or one with a bad value; known are {known}"
    )]
    UnknownParameter {
        /// The parameters that may be there.
        known: &'static str,
    },
    /// The URL asks for a kind of encryption that there is not.
    #[error("sslmode must be one of disable, prefer, require, verify-ca and verify-full")]
    UnknownSslMode,
    /// Whom to trust was left open where that would mean to trust anyone.
    #[error("sslmode=verify-ca needs sslrootcert with the path of a certificate")]
    NoRootCertificate,
    /// The file with the trusted certificates cannot be read.
    #[error("the certificates in {path:?} cannot be used")]
    UnusableRootCertificate {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: BoxError,
    },
    /// Encryption cannot be set up.
    #[error("tls cannot be set up")]
    Tls(#[source] BoxError),
    /// The connection pool cannot be set up.
    #[error("the connection pool cannot be set up")]
    Pool(#[source] BoxError),
}

/// Why migrations were not applied.
#[derive(Debug, Error)]
pub enum MigrateError {
    /// The database cannot be reached.
    #[error(transparent)]
    Store(#[from] RepositoryError),
    /// A migration does not apply. Those before it stay.
    #[error("a migration does not apply")]
    Migration(#[source] BoxError),
}

/// Why a connection could not be made.
#[derive(Debug, Error)]
pub(crate) enum LinkError {
    #[error(transparent)]
    Driver(#[from] tokio_postgres::Error),
    #[error(transparent)]
    SetUp(#[from] ConnectionError),
    #[error("the database did not answer in time")]
    Late,
}

/// A column holds what the domain does not know.
#[derive(Debug, Error)]
#[error("the column {column} holds an unexpected value")]
pub(crate) struct CorruptColumn {
    pub(crate) column: &'static str,
    pub(crate) source: Option<BoxError>,
}

/// What may be done about a unit of work that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The same would happen again, or nobody knows.
    Final,
    /// Something before it in its transaction failed.
    Aftermath,
    /// Others were in the way; nothing was done.
    Contended,
    /// The connection is gone. Whether anything was done depends on how far it got.
    Lost,
}

/// Makes a unit of work fail and roll back.
#[derive(Debug)]
pub(crate) struct StoreError {
    pub(crate) error: RepositoryError,
    pub(crate) fault: Fault,
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        let fault = fault(&error);
        let error = match &error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                RepositoryError::Conflict
            }
            _ if matches!(fault, Fault::Contended | Fault::Lost) || is_passing(&error) => {
                RepositoryError::Unavailable(Box::new(error))
            }
            _ => RepositoryError::Corrupt(Box::new(error)),
        };
        Self { error, fault }
    }
}

impl From<RepositoryError> for StoreError {
    fn from(error: RepositoryError) -> Self {
        Self {
            error,
            fault: Fault::Final,
        }
    }
}

impl From<CorruptColumn> for StoreError {
    fn from(error: CorruptColumn) -> Self {
        RepositoryError::Corrupt(Box::new(error)).into()
    }
}

fn fault(error: &DieselError) -> Fault {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Fault::Contended,
        DieselError::DatabaseError(
            DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection,
            _,
        )
        | DieselError::BrokenTransactionManager => Fault::Lost,
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, information) => {
            let message = information.message();
            if message.starts_with("deadlock detected") {
                Fault::Contended
            } else if message.starts_with("terminating connection") {
                Fault::Lost
            } else if message.starts_with("current transaction is aborted") {
                Fault::Aftermath
            } else {
                Fault::Final
            }
        }
        _ => Fault::Final,
    }
}

/// Whether it may go better later. Diesel hands on the server's messages but not its codes; each
/// connection asks for English ones where it may.
fn is_passing(error: &DieselError) -> bool {
    const MESSAGES: [&str; 9] = [
        "canceling statement due to",
        "the database system is",
        "sorry, too many clients already",
        "remaining connection slots are reserved",
        "too many connections for",
        "cannot execute", // …in a read-only transaction, or during recovery
        "could not extend file",
        "out of memory",
        "out of shared memory",
    ];
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _) => true,
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, information) => {
            let message = information.message();
            MESSAGES.iter().any(|passing| message.starts_with(passing))
        }
        _ => false,
    }
}

/// The database took too long.
pub(crate) fn late() -> StoreError {
    RepositoryError::Unavailable(Box::new(LinkError::Late)).into()
}

/// No connection could be had in time.
pub(crate) fn no_connection(error: PoolError) -> StoreError {
    RepositoryError::Unavailable(Box::new(error)).into()
}

/// The unit of work was not run to its end.
pub(crate) fn cut_short(error: JoinError) -> RepositoryError {
    if error.is_panic() {
        RepositoryError::Corrupt(Box::new(error))
    } else {
        RepositoryError::Unavailable(Box::new(error))
    }
}
