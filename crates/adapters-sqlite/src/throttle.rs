use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use domain::ports::{RepositoryError, Throttle};
use domain::throttle::{Bucket, Taken, Taking};

use crate::columns::{micros, time};
use crate::database::SqliteDatabase;
use crate::error::StoreError;
use crate::schema::throttles;

/// Buckets in a [`SqliteDatabase`].
#[derive(Clone, Debug)]
pub struct SqliteThrottle {
    database: SqliteDatabase,
}

impl SqliteThrottle {
    /// Keeps buckets in this database.
    pub fn new(database: SqliteDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Throttle for SqliteThrottle {
    async fn take(&self, buckets: &[Bucket], at: DateTime<Utc>) -> Result<Taken, RepositoryError> {
        let buckets = buckets.to_vec();
        let looked_at = buckets.clone();
        // An empty bucket is found by reading alone, so that who is refused costs nobody the writer.
        let seen = self
            .database
            .read(move |connection| decide(connection, &looked_at, at))
            .await?;
        if let refused @ Taken::Refused(_) = seen.taken {
            return Ok(refused);
        }
        self.database
            .write(move |connection| {
                let taking = decide(connection, &buckets, at)?;
                for (bucket, full_at) in buckets.iter().zip(taking.full_at) {
                    diesel::insert_into(throttles::table)
                        .values((
                            throttles::key.eq(bucket.key.as_bytes().as_slice()),
                            throttles::full_at.eq(micros(full_at)),
                        ))
                        .on_conflict(throttles::key)
                        .do_update()
                        .set(throttles::full_at.eq(excluded(throttles::full_at)))
                        .execute(connection)?;
                }
                Ok(taking.taken)
            })
            .await
    }

    async fn give_back(&self, buckets: &[Bucket]) -> Result<(), RepositoryError> {
        let buckets = buckets.to_vec();
        self.database
            .write(move |connection| {
                for bucket in buckets {
                    let interval = bucket.quota.interval().num_microseconds();
                    diesel::update(throttles::table.find(bucket.key.as_bytes().as_slice()))
                        .set(throttles::full_at.eq(throttles::full_at - interval.unwrap_or(0)))
                        .execute(connection)?;
                }
                Ok(())
            })
            .await
    }

    async fn remove_full(&self, at: DateTime<Utc>, max: u32) -> Result<u64, RepositoryError> {
        let removed = self
            .database
            .write(move |connection| Ok(remove_full(connection, at, max)?))
            .await?;
        Ok(u64::try_from(removed).unwrap_or(u64::MAX))
    }
}

fn decide(
    connection: &mut SqliteConnection,
    buckets: &[Bucket],
    at: DateTime<Utc>,
) -> Result<Taking, StoreError> {
    let keys = buckets
        .iter()
        .map(|bucket| bucket.key.as_bytes().as_slice());
    let rows: Vec<(Vec<u8>, i64)> = throttles::table
        .filter(throttles::key.eq_any(keys))
        .select((throttles::key, throttles::full_at))
        .load(connection)?;
    let known: HashMap<_, _> = rows.into_iter().collect();
    let full_at = buckets.iter().map(|bucket| {
        let known = known.get(bucket.key.as_bytes().as_slice());
        known
            .map(|micros| time("throttles.full_at", *micros))
            .transpose()
    });
    let full_at: Vec<_> = full_at.collect::<Result<_, _>>()?;
    Ok(Taking::decide(buckets, &full_at, at))
}

fn remove_full(
    connection: &mut SqliteConnection,
    at: DateTime<Utc>,
    max: u32,
) -> QueryResult<usize> {
    let full: Vec<Vec<u8>> = throttles::table
        .filter(throttles::full_at.le(micros(at)))
        .order(throttles::full_at)
        .limit(i64::from(max))
        .select(throttles::key)
        .load(connection)?;
    diesel::delete(throttles::table.filter(throttles::key.eq_any(full))).execute(connection)
}
