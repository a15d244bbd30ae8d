use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use deadpool::managed::Object;
use diesel::prelude::*;
use domain::ports::{Doorbell, RepositoryError, Ring};
use futures_util::stream;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::spawn_blocking;

use crate::connection::{Connections, Pool, Purpose};
use crate::error::{LockError, MigrateError, OpenError, StoreError, cut_short, no_connection};
use crate::lock::{ExclusiveLock, existing_file};
use crate::{health, measures, replies};

/// Reads that run at the same time; they do not wait for the writer.
const READERS: usize = 4;

/// Rings that a slow listener may lag behind. It loses older ones, as rings may be.
const RINGS: usize = 256;

/// One SQLite file. Clones share its connections.
#[derive(Clone)]
pub struct SqliteDatabase {
    inner: Arc<Inner>,
}

struct Inner {
    /// One connection: writers queue for it in order, where SQLite would let them race for its
    /// lock.
    writer: Pool,
    readers: Pool,
    rings: broadcast::Sender<Ring>,
}

impl Inner {
    fn take_back(&self, connection: Object<Connections>) {
        drop(connection);
        self.measure();
    }

    fn measure(&self) {
        measures::connections([&self.readers, &self.writer]);
    }
}

impl fmt::Debug for SqliteDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteDatabase").finish_non_exhaustive()
    }
}

impl SqliteDatabase {
    /// Opens a database, making its folder and a file that only this account may read if there
    /// are none. Connections are made when they are first needed.
    ///
    /// # Errors
    /// [`OpenError`] when the file can be neither found nor made.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let path = existing_file(path)
            .map_err(|(path, source)| OpenError::Inaccessible { path, source })?;
        let path: Arc<str> = match path.to_str() {
            Some(path) => Arc::from(path),
            None => return Err(OpenError::NotUtf8(path)),
        };
        let pool = |purpose, max_size| {
            Connections::pool(Arc::clone(&path), purpose, max_size)
                .map_err(|error| OpenError::Pool(Box::new(error)))
        };
        Ok(Self {
            inner: Arc::new(Inner {
                writer: pool(Purpose::Writing, 1)?,
                readers: pool(Purpose::Reading, READERS)?,
                rings: broadcast::Sender::new(RINGS),
            }),
        })
    }

    /// Reserves a database file for this process: one process serves a file at a time. The lock
    /// is a file beside it, named like it with `.lock` behind.
    ///
    /// # Errors
    /// [`LockError::Held`] when another process serves the file.
    pub fn lock_exclusively(path: &Path) -> Result<ExclusiveLock, LockError> {
        ExclusiveLock::acquire(path)
    }

    /// Applies the migrations that are missing, all or nothing. Processes that start together wait
    /// for each other.
    ///
    /// # Errors
    /// [`MigrateError`] when the database cannot be reached or a migration does not apply.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        let mut connection = self.inner.writer.get().await.map_err(no_connection)?;
        spawn_blocking(move || health::apply_migrations(&mut connection))
            .await
            .map_err(cut_short)?
    }

    /// Lets every lease of a running reply run out now. Only the process that holds the
    /// [`ExclusiveLock`] may ask for it, before it serves: the lock proves that no other process
    /// runs, so that every lease it finds is a dead one's.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    pub async fn release_foreign_leases(&self) -> Result<(), RepositoryError> {
        self.write(|connection| Ok(replies::expire_leases(connection)?))
            .await
    }

    /// Reads in one transaction, so that several queries see one state.
    pub(crate) async fn read<R, F>(&self, work: F) -> Result<R, RepositoryError>
    where
        R: Send + 'static,
        F: FnOnce(&mut SqliteConnection) -> Result<R, StoreError> + Send + 'static,
    {
        let mut connection = self.connection(&self.inner.readers).await?;
        let inner = Arc::clone(&self.inner);
        spawn_blocking(move || {
            let result = measures::timed("read", || connection.transaction(work));
            inner.take_back(connection);
            result
        })
        .await
        .map_err(cut_short)?
        .map_err(|StoreError(error)| measures::told(error))
    }

    /// Reads and writes in one transaction, while nobody else writes.
    pub(crate) async fn write<R, F>(&self, work: F) -> Result<R, RepositoryError>
    where
        R: Send + 'static,
        F: FnOnce(&mut SqliteConnection) -> Result<R, StoreError> + Send + 'static,
    {
        self.write_and_ring(|connection, _| work(connection)).await
    }

    /// Writes like [`Self::write`] and rings for what the work put on its list, once that is
    /// committed, even if the caller has left by then.
    pub(crate) async fn write_and_ring<R, F>(&self, work: F) -> Result<R, RepositoryError>
    where
        R: Send + 'static,
        F: FnOnce(&mut SqliteConnection, &mut Vec<Ring>) -> Result<R, StoreError> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        let mut connection = self.connection(&self.inner.writer).await?;
        spawn_blocking(move || {
            let mut rings = Vec::new();
            let result = measures::timed("transaction", || {
                connection.immediate_transaction(|connection| work(connection, &mut rings))
            });
            inner.take_back(connection);
            let result = result?;
            for ring in rings {
                // It fails when nobody listens.
                drop(inner.rings.send(ring));
            }
            Ok(result)
        })
        .await
        .map_err(cut_short)?
        .map_err(|StoreError(error)| measures::told(error))
    }

    async fn connection(&self, pool: &Pool) -> Result<Object<Connections>, RepositoryError> {
        let asked = Instant::now();
        let connection = pool.get().await;
        measures::waited(asked.elapsed());
        self.inner.measure();
        connection.map_err(|error| measures::told(no_connection(error)))
    }

    pub(crate) fn doorbell(&self) -> Doorbell {
        let listener = self.inner.rings.subscribe();
        Box::pin(stream::unfold(listener, |mut listener| async move {
            loop {
                match listener.recv().await {
                    Ok(ring) => return Some((ring, listener)),
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                }
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::ReplyId;
    use futures_util::StreamExt as _;
    use tempfile::TempDir;
    use uuid::Uuid;

    use super::*;
    use crate::columns::database_now;

    fn open(folder: &TempDir) -> SqliteDatabase {
        SqliteDatabase::open(&folder.path().join("test.db")).unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_unit_of_work_that_panics_leaves_no_transaction_open() {
        let folder = TempDir::new().unwrap();
        let database = open(&folder);
        let broken = database.write::<(), _>(|_| panic!("on purpose")).await;
        assert!(matches!(broken, Err(RepositoryError::Corrupt(_))));
        let next = database.write(|connection| Ok(database_now(connection)?));
        assert!(next.await.is_ok());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn readers_cannot_write() {
        let folder = TempDir::new().unwrap();
        let database = open(&folder);
        let writes = database.read(|connection| {
            diesel::sql_query("CREATE TABLE stray (a)").execute(connection)?;
            Ok(())
        });
        assert!(writes.await.is_err());
    }

    #[tokio::test]
    async fn a_listener_that_lags_hears_the_newest_rings() {
        let folder = TempDir::new().unwrap();
        let database = open(&folder);
        let mut doorbell = database.doorbell();
        let ring = |last_sequence| Ring {
            reply_id: ReplyId::from_uuid(Uuid::from_u128(1)),
            last_sequence,
        };
        for last_sequence in 0..300 {
            database.inner.rings.send(ring(last_sequence)).unwrap();
        }
        assert_eq!(doorbell.next().await, Some(ring(300 - 256)));
    }
}
