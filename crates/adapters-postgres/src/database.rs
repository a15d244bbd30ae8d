mod unit;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use diesel_async::AsyncPgConnection;
use domain::ports::{Doorbell, RepositoryError};
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::time::Instant;
use uuid::Uuid;

use self::unit::{Failure, Kind, Work};
use crate::bell::Bell;
use crate::error::{MigrateError, SettingsError, StoreError, cut_short};
use crate::health;
use crate::pool::{Connections, Pool};
use crate::settings::{PgSettings, Target};

/// How long a unit of work may take, waiting for a connection included.
const PATIENCE: Duration = Duration::from_secs(4);

/// How often a unit of work is begun at most. It is begun again only when it certainly did nothing.
const TRIES: usize = 4;

/// One PostgreSQL database. Clones share its connections.
#[derive(Clone)]
pub struct PgDatabase {
    inner: Arc<Inner>,
}

struct Inner {
    target: Arc<Target>,
    pool: Pool,
    bell: Bell,
    /// Where connections live and units of work run, whatever runtime a caller is on.
    handle: Handle,
}

impl fmt::Debug for PgDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PgDatabase").finish_non_exhaustive()
    }
}

impl PgDatabase {
    /// Gets ready to use a database. Connections are made when they are first needed, so it need
    /// not be there yet.
    ///
    /// All work is done on the runtime that this is called on, which must outlive the callers'.
    ///
    /// # Errors
    /// [`SettingsError`] when the settings make no sense.
    ///
    /// # Panics
    /// When it is not called on a Tokio runtime.
    pub fn connect(settings: &PgSettings) -> Result<Self, SettingsError> {
        let target = Arc::new(Target::parse(&settings.url)?);
        let pool = Connections::pool(Arc::clone(&target), settings.pool_size.max(1))
            .map_err(|error| SettingsError::Pool(Box::new(error)))?;
        let handle = Handle::current();
        Ok(Self {
            inner: Arc::new(Inner {
                bell: Bell::new(Arc::clone(&target), handle.clone()),
                target,
                pool,
                handle,
            }),
        })
    }

    /// Applies the migrations that are missing. Processes that start together wait for each other.
    ///
    /// # Errors
    /// [`MigrateError`] when the database cannot be reached or a migration does not apply.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        let target = Arc::clone(&self.inner.target);
        self.inner
            .handle
            .spawn(async move { health::migrate(&target).await })
            .await
            .map_err(cut_short)?
    }

    /// Reads with one statement, so that it sees one state.
    pub(crate) async fn read<I, R, F>(&self, input: I, work: F) -> Result<R, RepositoryError>
    where
        I: Send + Sync + 'static,
        R: Send + 'static,
        F: for<'c> Fn(&'c AsyncPgConnection, &'c I) -> BoxFuture<'c, Result<R, StoreError>>
            + Send
            + Sync
            + 'static,
    {
        self.read_within(PATIENCE, input, work).await
    }

    pub(crate) async fn read_within<I, R, F>(
        &self,
        patience: Duration,
        input: I,
        work: F,
    ) -> Result<R, RepositoryError>
    where
        I: Send + Sync + 'static,
        R: Send + 'static,
        F: for<'c> Fn(&'c AsyncPgConnection, &'c I) -> BoxFuture<'c, Result<R, StoreError>>
            + Send
            + Sync
            + 'static,
    {
        self.run(Kind::Read, patience, input, move |connection, input, _| {
            work(connection, input)
        })
        .await
    }

    /// Writes with one statement, which is a transaction of its own.
    pub(crate) async fn write_one<I, R, F>(&self, input: I, work: F) -> Result<R, RepositoryError>
    where
        I: Send + Sync + 'static,
        R: Send + 'static,
        F: for<'c> Fn(&'c AsyncPgConnection, &'c I) -> BoxFuture<'c, Result<R, StoreError>>
            + Send
            + Sync
            + 'static,
    {
        self.run(
            Kind::Statement,
            PATIENCE,
            input,
            move |connection, input, _| work(connection, input),
        )
        .await
    }

    /// Reads and writes in one transaction, and rings for what the work put on its list once that
    /// is committed, even if the caller has left by then.
    pub(crate) async fn write<I, R, F>(&self, input: I, work: F) -> Result<R, RepositoryError>
    where
        I: Send + Sync + 'static,
        R: Send + 'static,
        F: Work<I, R>,
    {
        self.write_within(PATIENCE, input, work).await
    }

    pub(crate) async fn write_within<I, R, F>(
        &self,
        patience: Duration,
        input: I,
        work: F,
    ) -> Result<R, RepositoryError>
    where
        I: Send + Sync + 'static,
        R: Send + 'static,
        F: Work<I, R>,
    {
        self.run(Kind::Transaction, patience, input, work).await
    }

    /// Marks what this process announces to others.
    pub(crate) fn instance(&self) -> Uuid {
        self.inner.bell.instance
    }

    pub(crate) fn doorbell(&self) -> Doorbell {
        self.inner.bell.doorbell()
    }

    /// A unit of work is a task: dropping a caller's future in the middle of a query would put a
    /// busy connection back into the pool.
    async fn run<I, R, F>(
        &self,
        kind: Kind,
        patience: Duration,
        input: I,
        work: F,
    ) -> Result<R, RepositoryError>
    where
        I: Send + Sync + 'static,
        R: Send + 'static,
        F: Work<I, R>,
    {
        let deadline = Instant::now() + patience;
        let inner = Arc::clone(&self.inner);
        self.inner
            .handle
            .spawn(async move {
                let mut tries = 1;
                loop {
                    match inner.attempt(kind, deadline, &input, &work).await {
                        Err(failure) if failure.did_nothing && tries < TRIES => tries += 1,
                        outcome => return outcome.map_err(Failure::told),
                    }
                }
            })
            .await
            .map_err(cut_short)?
    }
}
