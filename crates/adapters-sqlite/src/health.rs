use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use domain::ports::{RepositoryError, StoreHealth};

use crate::columns::database_now;
use crate::database::SqliteDatabase;
use crate::error::{MigrateError, StoreError};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

diesel::table! {
    sqlite_schema (name) {
        name -> Text,
    }
}

/// Tells whether a [`SqliteDatabase`] can serve.
#[derive(Clone, Debug)]
pub struct SqliteStoreHealth {
    database: SqliteDatabase,
}

impl SqliteStoreHealth {
    /// Watches this database.
    pub fn new(database: SqliteDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl StoreHealth for SqliteStoreHealth {
    async fn ping(&self) -> Result<(), RepositoryError> {
        self.database
            .read(|connection| {
                // A constant would not touch the file.
                let _: i64 = sqlite_schema::table
                    .select(count_star())
                    .first(connection)?;
                Ok(())
            })
            .await
            .map_err(|error| match error {
                RepositoryError::Unavailable(_) => error,
                error => RepositoryError::Unavailable(Box::new(error)),
            })
    }

    async fn now(&self) -> Result<DateTime<Utc>, RepositoryError> {
        let micros = self
            .database
            .read(|connection| Ok(database_now(connection)?))
            .await?;
        Ok(DateTime::from_timestamp_micros(micros).unwrap_or_default())
    }

    async fn is_migrated(&self) -> Result<bool, RepositoryError> {
        self.database.read(is_migrated).await
    }
}

fn is_migrated(connection: &mut SqliteConnection) -> Result<bool, StoreError> {
    let known: bool = diesel::select(sql::<Bool>(
        "EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '__diesel_schema_migrations')",
    ))
    .get_result(connection)?;
    // Without that table diesel would try to make it, which a reader may not.
    if !known {
        return Ok(false);
    }
    connection
        .has_pending_migration(MIGRATIONS)
        .map(|pending| !pending)
        .map_err(|error| StoreError(RepositoryError::Corrupt(error)))
}

/// One transaction around all of them: a second process that waits for it finds nothing to do.
pub(crate) fn apply_migrations(connection: &mut SqliteConnection) -> Result<(), MigrateError> {
    connection
        .immediate_transaction(|connection| {
            connection.run_pending_migrations(MIGRATIONS).map(|_| ())
        })
        .map_err(MigrateError::Migration)
}
