use deadpool::managed::Object;
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, TransactionManager as _};
use domain::ports::RepositoryError;
use futures_util::future::BoxFuture;
use metrics::{counter, gauge, histogram};
use tokio::time::{Instant, timeout_at};

use super::Inner;
use crate::bell::Rings;
use crate::error::{Fault, StoreError, late, no_connection};
use crate::pool::Pooled;

/// The store's name among what is measured.
const STORE: &str = "postgresql";

/// What a unit of work does with its connection. It may be called again when it did nothing.
pub(crate) trait Work<I, R>:
    for<'c> Fn(&'c AsyncPgConnection, &'c I, &'c mut Rings) -> BoxFuture<'c, Result<R, StoreError>>
    + Send
    + Sync
    + 'static
{
}

impl<I, R, F> Work<I, R> for F where
    F: for<'c> Fn(
            &'c AsyncPgConnection,
            &'c I,
            &'c mut Rings,
        ) -> BoxFuture<'c, Result<R, StoreError>>
        + Send
        + Sync
        + 'static
{
}

/// How a unit of work is kept together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It is one statement that changes nothing.
    Read,
    /// It is one statement.
    Statement,
    /// It is as many statements as it likes.
    Transaction,
}

/// Why a try at a unit of work came to nothing.
pub(super) struct Failure {
    pub(super) error: RepositoryError,
    /// Whether it is known that nothing was done, and that another try may go better.
    pub(super) did_nothing: bool,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Statement => "statement",
            Self::Transaction => "transaction",
        }
    }
}

impl Failure {
    fn of(StoreError { error, fault }: StoreError, kind: Kind) -> Self {
        Self {
            error,
            did_nothing: fault == Fault::Contended || (fault == Fault::Lost && kind == Kind::Read),
        }
    }
}

impl Failure {
    /// What the caller hears when there is no further try.
    pub(super) fn told(self) -> RepositoryError {
        if matches!(self.error, RepositoryError::Unavailable(_)) {
            counter!("support_assistant_database_unavailable_total", "store" => STORE).increment(1);
        }
        self.error
    }
}

impl Inner {
    pub(super) async fn attempt<I, R>(
        &self,
        kind: Kind,
        deadline: Instant,
        input: &I,
        work: &impl Work<I, R>,
    ) -> Result<R, Failure> {
        let failed = |error| Failure::of(error, kind);
        let asked = Instant::now();
        let pooled = timeout_at(deadline, self.pool.get()).await;
        let begun = Instant::now();
        histogram!("support_assistant_database_wait_seconds", "store" => STORE)
            .record(begun - asked);
        self.measure_connections();
        let Ok(pooled) = pooled else {
            return Err(failed(late()));
        };
        let mut pooled = pooled.map_err(|error| failed(no_connection(error)))?;
        pooled.in_use = true;
        let mut rings = Rings::default();
        let unit = async {
            match kind {
                Kind::Read | Kind::Statement => {
                    alone(&mut pooled, kind, input, &mut rings, work).await
                }
                Kind::Transaction => self.transaction(&mut pooled, input, &mut rings, work).await,
            }
        };
        let outcome = timeout_at(deadline, unit).await;
        histogram!(
            "support_assistant_database_work_seconds",
            "store" => STORE, "kind" => kind.as_str()
        )
        .record(begun.elapsed());
        let outcome = if let Ok(outcome) = outcome {
            drop(pooled);
            outcome
        } else {
            Object::take(pooled).discard();
            Err(failed(late()))
        };
        self.measure_connections();
        let value = outcome?;
        self.bell.ring(rings);
        Ok(value)
    }

    fn measure_connections(&self) {
        let status = self.pool.status();
        let idle = u32::try_from(status.available).unwrap_or(u32::MAX);
        let all = u32::try_from(status.size).unwrap_or(u32::MAX);
        for (state, connections) in [("idle", idle), ("busy", all.saturating_sub(idle))] {
            gauge!(
                "support_assistant_database_connections",
                "store" => STORE, "state" => state
            )
            .set(connections);
        }
    }

    async fn transaction<I, R>(
        &self,
        pooled: &mut Pooled,
        input: &I,
        rings: &mut Rings,
        work: &impl Work<I, R>,
    ) -> Result<R, Failure> {
        let failed = |error| Failure::of(error, Kind::Transaction);
        if let Err(error) = AnsiTransactionManager::begin_transaction(&mut pooled.connection).await
        {
            let StoreError { error, fault } = error.into();
            return Err(Failure {
                error,
                did_nothing: fault != Fault::Final,
            });
        }
        let connection = &pooled.connection;
        let outcome = async {
            let value = work(connection, input, rings).await?;
            rings.announce(connection, self.bell.instance).await?;
            Ok(value)
        }
        .await;
        match outcome {
            Ok(value) => {
                AnsiTransactionManager::commit_transaction(&mut pooled.connection)
                    .await
                    .map_err(|error| failed(error.into()))?;
                pooled.in_use = false;
                Ok(value)
            }
            Err(error) => {
                let rollback =
                    AnsiTransactionManager::rollback_transaction(&mut pooled.connection).await;
                pooled.in_use = rollback.is_err();
                Err(failed(error))
            }
        }
    }
}

async fn alone<I, R>(
    pooled: &mut Pooled,
    kind: Kind,
    input: &I,
    rings: &mut Rings,
    work: &impl Work<I, R>,
) -> Result<R, Failure> {
    let outcome = work(&pooled.connection, input, rings).await;
    pooled.in_use = matches!(
        &outcome,
        Err(StoreError {
            fault: Fault::Lost,
            ..
        })
    );
    outcome.map_err(|error| Failure::of(error, kind))
}
