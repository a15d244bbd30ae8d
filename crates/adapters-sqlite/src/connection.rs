use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use deadpool::Runtime;
use deadpool::managed::{self, BuildError, Metrics, RecycleError, RecycleResult};
use diesel::connection::{SimpleConnection, TransactionManager};
use diesel::{Connection, ConnectionError, SqliteConnection};
use thiserror::Error;
use tokio::task::{JoinError, spawn_blocking};

use crate::error::is_passing;

pub(crate) type Pool = managed::Pool<Connections>;
pub(crate) type PoolError = managed::PoolError<ConnectError>;

/// How long a caller waits for a connection, before it hears that the store is unavailable.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Between two tries to set a connection up.
const PAUSE: Duration = Duration::from_millis(5);

/// SQLite wants each PRAGMA on its own, and the timeout before whatever may have to wait.
const COMMON: [&str; 2] = ["PRAGMA busy_timeout = 5000;", "PRAGMA foreign_keys = ON;"];

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Reading,
    Writing,
}

impl Purpose {
    const fn pragmas(self) -> &'static [&'static str] {
        match self {
            Self::Reading => &["PRAGMA query_only = ON;"],
            // With a write-ahead log readers and the writer do not wait for each other. FULL, since
            // NORMAL may lose the last commits in a power failure, and a message that was
            // acknowledged must survive one.
            Self::Writing => &["PRAGMA journal_mode = WAL;", "PRAGMA synchronous = FULL;"],
        }
    }
}

/// Why a connection could not be made.
#[derive(Debug, Error)]
pub(crate) enum ConnectError {
    #[error(transparent)]
    Open(#[from] ConnectionError),
    #[error(transparent)]
    SetUp(#[from] diesel::result::Error),
    #[error(transparent)]
    Interrupted(#[from] JoinError),
}

/// Makes connections to one file.
///
/// The pools hold plain connections, and a unit of work takes its own into the blocking thread.
/// diesel-async's wrapper would instead block the thread that drops an unfinished future, and
/// panic where that thread runs a current-thread runtime, as an HTTP server's workers do.
#[derive(Debug)]
pub(crate) struct Connections {
    path: Arc<str>,
    purpose: Purpose,
}

impl Connections {
    /// A pool that connects when it is first asked to.
    pub(crate) fn pool(
        path: Arc<str>,
        purpose: Purpose,
        max_size: usize,
    ) -> Result<Pool, BuildError> {
        Pool::builder(Self { path, purpose })
            .max_size(max_size)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(TIMEOUT))
            .create_timeout(Some(TIMEOUT))
            .recycle_timeout(Some(TIMEOUT))
            .build()
    }
}

impl managed::Manager for Connections {
    type Type = SqliteConnection;
    type Error = ConnectError;

    async fn create(&self) -> Result<SqliteConnection, ConnectError> {
        let path = Arc::clone(&self.path);
        let purpose = self.purpose;
        spawn_blocking(move || connect(&path, purpose)).await?
    }

    async fn recycle(
        &self,
        connection: &mut SqliteConnection,
        _: &Metrics,
    ) -> RecycleResult<ConnectError> {
        // A unit of work that panicked may have left its transaction open.
        if broken(connection) {
            return Err(RecycleError::message("a transaction was left open"));
        }
        Ok(())
    }
}

fn connect(path: &str, purpose: Purpose) -> Result<SqliteConnection, ConnectError> {
    let mut connection = SqliteConnection::establish(path)?;
    let deadline = Instant::now() + TIMEOUT;
    for pragma in COMMON.iter().chain(purpose.pragmas()) {
        // SQLite's own timeout does not cover the change to a write-ahead log, which processes
        // that open a new file together all try.
        while let Err(error) = connection.batch_execute(pragma) {
            if !is_passing(&error) || Instant::now() >= deadline {
                return Err(error.into());
            }
            thread::sleep(PAUSE);
        }
    }
    Ok(connection)
}

fn broken(connection: &mut SqliteConnection) -> bool {
    <SqliteConnection as Connection>::TransactionManager::is_broken_transaction_manager(connection)
}
