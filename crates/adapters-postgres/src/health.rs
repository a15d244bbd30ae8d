use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use domain::ports::{BoxError, RepositoryError, StoreHealth};
use futures_util::FutureExt as _;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::columns::database_now;
use crate::database::PgDatabase;
use crate::error::{LinkError, MigrateError, StoreError, cut_short, late};
use crate::link::Purpose;
use crate::settings::Target;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A database that does not answer within this is as good as none.
const PING_PATIENCE: Duration = Duration::from_secs(1);

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

/// Tells whether a [`PgDatabase`] can serve.
#[derive(Clone, Debug)]
pub struct PgStoreHealth {
    database: PgDatabase,
}

impl PgStoreHealth {
    /// Watches this database.
    pub fn new(database: PgDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl StoreHealth for PgStoreHealth {
    async fn ping(&self) -> Result<(), RepositoryError> {
        self.database
            .read_within(PING_PATIENCE, (), |mut connection, ()| {
                async move {
                    let _: i64 = diesel::select(1_i64.into_sql::<BigInt>())
                        .get_result(&mut connection)
                        .await?;
                    Ok(())
                }
                .boxed()
            })
            .await
            .map_err(|error| match error {
                RepositoryError::Unavailable(_) => error,
                error => RepositoryError::Unavailable(Box::new(error)),
            })
    }

    async fn now(&self) -> Result<DateTime<Utc>, RepositoryError> {
        self.database
            .read((), |connection, ()| {
                async move { Ok(database_now(connection).await?) }.boxed()
            })
            .await
    }

    async fn is_migrated(&self) -> Result<bool, RepositoryError> {
        self.database
            .read((), |connection, ()| is_migrated(connection).boxed())
            .await
    }
}

async fn is_migrated(mut connection: &AsyncPgConnection) -> Result<bool, StoreError> {
    let known: bool = diesel::select(diesel::dsl::sql::<Bool>(
        "to_regclass('__diesel_schema_migrations') IS NOT NULL",
    ))
    .get_result(&mut connection)
    .await?;
    if !known {
        return Ok(false);
    }
    let applied: Vec<String> = __diesel_schema_migrations::table
        .select(__diesel_schema_migrations::version)
        .load(&mut connection)
        .await?;
    let wanted = versions().map_err(RepositoryError::Corrupt)?;
    Ok(wanted.iter().all(|version| applied.contains(version)))
}

fn versions() -> Result<Vec<String>, BoxError> {
    let migrations: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS.migrations()?;
    Ok(migrations
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect())
}

/// Each migration is a transaction. The lock is the connection's, so that it ends with it in
/// whatever way.
pub(crate) async fn migrate(target: &Target) -> Result<(), MigrateError> {
    let link = timeout(CONNECT_TIMEOUT, target.link(Purpose::Migrating))
        .await
        .or(Err(late().error))?
        .map_err(|error| RepositoryError::Unavailable(Box::new(error)))?;
    let connection = AsyncPgConnection::try_from(link.client)
        .await
        .map_err(|error| RepositoryError::Unavailable(Box::new(LinkError::from(error))))?;
    wait_for_others(&connection)
        .await
        .map_err(StoreError::from)
        .map_err(|error| error.error)?;
    // The harness blocks its thread.
    spawn_blocking(move || {
        AsyncMigrationHarness::new(connection)
            .run_pending_migrations(MIGRATIONS)
            .map(|_| ())
            .map_err(MigrateError::Migration)
    })
    .await
    .map_err(cut_short)?
}

/// The second number is the schema's: what is in another one is none of our business.
async fn wait_for_others(mut connection: &AsyncPgConnection) -> QueryResult<()> {
    diesel::sql_query("SELECT pg_advisory_lock(1937076332, hashtext(current_schema()))")
        .execute(&mut connection)
        .await?;
    Ok(())
}
