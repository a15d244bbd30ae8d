use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{self, BuildError, Metrics, QueueMode, RecycleError, RecycleResult};
use diesel_async::AsyncPgConnection;
use tokio::task::JoinHandle;

use crate::error::LinkError;
use crate::link::{Link, Purpose};
use crate::settings::Target;

pub(crate) type Pool = managed::Pool<Connections>;
pub(crate) type PoolError = managed::PoolError<LinkError>;

const WAIT: Duration = Duration::from_secs(2);
const CREATE: Duration = Duration::from_secs(3);
const RECYCLE: Duration = Duration::from_secs(1);

/// Makes connections to one database.
pub(crate) struct Connections {
    target: Arc<Target>,
}

impl Connections {
    /// A pool that connects when it is first asked to.
    pub(crate) fn pool(target: Arc<Target>, max_size: usize) -> Result<Pool, BuildError> {
        Pool::builder(Self { target })
            .max_size(max_size)
            // Those used last have their statements prepared and their pages at hand.
            .queue_mode(QueueMode::Lifo)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(CREATE))
            .recycle_timeout(Some(RECYCLE))
            .build()
    }
}

/// A connection in a pool.
pub(crate) struct Pooled {
    pub(crate) connection: AsyncPgConnection,
    driver: JoinHandle<()>,
    /// Set while a unit of work runs, and for ever where one broke off.
    pub(crate) in_use: bool,
}

impl Pooled {
    /// Closes it now, whatever it waits for.
    pub(crate) fn discard(self) {
        self.driver.abort();
    }
}

impl managed::Manager for Connections {
    type Type = Pooled;
    type Error = LinkError;

    async fn create(&self) -> Result<Pooled, LinkError> {
        // Boxed, so that units of work that find a connection carry no room for making one.
        let Link { client, driver, .. } = Box::pin(self.target.link(Purpose::Serving)).await?;
        Ok(Pooled {
            connection: Box::pin(AsyncPgConnection::try_from(client)).await?,
            driver,
            in_use: false,
        })
    }

    async fn recycle(&self, pooled: &mut Pooled, _: &Metrics) -> RecycleResult<LinkError> {
        if pooled.in_use || pooled.driver.is_finished() {
            return Err(RecycleError::message("the connection broke off"));
        }
        Ok(())
    }
}
