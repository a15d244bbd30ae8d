use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::dsl::auto_type;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ports::{RepositoryError, Throttle};
use domain::throttle::{Bucket, Taken, Taking};
use futures_util::FutureExt as _;

use crate::database::PgDatabase;
use crate::error::StoreError;
use crate::schema::throttles;

/// Buckets in a [`PgDatabase`].
#[derive(Clone, Debug)]
pub struct PgThrottle {
    database: PgDatabase,
}

impl PgThrottle {
    /// Keeps buckets in this database.
    pub fn new(database: PgDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Throttle for PgThrottle {
    async fn take(&self, buckets: &[Bucket], at: DateTime<Utc>) -> Result<Taken, RepositoryError> {
        let request = Request::new(buckets, at);
        // An empty bucket is found by reading alone, so that who is refused costs no write.
        let seen = self
            .database
            .read(request.clone(), |connection, request| {
                look(connection, request).boxed()
            })
            .await?;
        if let refused @ Taken::Refused(_) = seen {
            return Ok(refused);
        }
        self.database
            .write(request, |connection, request, _| {
                take(connection, request).boxed()
            })
            .await
    }

    async fn give_back(&self, buckets: &[Bucket]) -> Result<(), RepositoryError> {
        let mut buckets = buckets.to_vec();
        buckets.sort_unstable_by_key(|bucket| bucket.key);
        self.database
            .write(buckets, |connection, buckets, _| {
                give_back(connection, buckets).boxed()
            })
            .await
    }

    async fn remove_full(&self, at: DateTime<Utc>, max: u32) -> Result<u64, RepositoryError> {
        let removed = self
            .database
            .write((at, max), |connection, (at, max), _| {
                remove_full(connection, *at, *max).boxed()
            })
            .await?;
        Ok(u64::try_from(removed).unwrap_or(u64::MAX))
    }
}

/// What is asked for.
#[derive(Clone)]
struct Request {
    buckets: Vec<Bucket>,
    /// Everybody locks rows in this order.
    keys: Vec<Vec<u8>>,
    at: DateTime<Utc>,
}

impl Request {
    fn new(buckets: &[Bucket], at: DateTime<Utc>) -> Self {
        let mut keys: Vec<_> = buckets
            .iter()
            .map(|bucket| bucket.key.as_bytes().to_vec())
            .collect();
        keys.sort_unstable();
        Self {
            buckets: buckets.to_vec(),
            keys,
            at,
        }
    }

    fn decide(&self, rows: Vec<ThrottleRow>) -> Taking {
        let known: HashMap<_, _> = rows.into_iter().map(|row| (row.key, row.full_at)).collect();
        let full_at: Vec<_> = self
            .buckets
            .iter()
            .map(|bucket| known.get(bucket.key.as_bytes().as_slice()).copied())
            .collect();
        Taking::decide(&self.buckets, &full_at, self.at)
    }
}

async fn look(mut connection: &AsyncPgConnection, request: &Request) -> Result<Taken, StoreError> {
    let rows = known(&request.keys).load(&mut connection).await?;
    Ok(request.decide(rows).taken)
}

#[auto_type(no_type_alias)]
pub(crate) fn known(keys: &[Vec<u8>]) -> _ {
    throttles::table.filter(throttles::key.eq_any(keys))
}

async fn take(mut connection: &AsyncPgConnection, request: &Request) -> Result<Taken, StoreError> {
    let full: Vec<_> = request
        .keys
        .iter()
        .map(|key| ThrottleRow {
            key: key.clone(),
            full_at: request.at,
        })
        .collect();
    // Rows that are not there cannot be locked, so they are made; those that are stay as they are.
    let locked: Vec<ThrottleRow> = diesel::insert_into(throttles::table)
        .values(&full)
        .on_conflict(throttles::key)
        .do_update()
        .set(throttles::full_at.eq(throttles::full_at))
        .returning(ThrottleRow::as_returning())
        .load(&mut connection)
        .await?;
    let taking = request.decide(locked);
    let taken: Vec<_> = request
        .buckets
        .iter()
        .zip(taking.full_at)
        .map(|(bucket, full_at)| ThrottleRow {
            key: bucket.key.as_bytes().to_vec(),
            full_at,
        })
        .collect();
    if !taken.is_empty() {
        diesel::insert_into(throttles::table)
            .values(&taken)
            .on_conflict(throttles::key)
            .do_update()
            .set(throttles::full_at.eq(excluded(throttles::full_at)))
            .execute(&mut connection)
            .await?;
    }
    Ok(taking.taken)
}

async fn give_back(
    mut connection: &AsyncPgConnection,
    buckets: &[Bucket],
) -> Result<(), StoreError> {
    for bucket in buckets {
        diesel::update(throttles::table.find(bucket.key.as_bytes().as_slice()))
            .set(throttles::full_at.eq(throttles::full_at - bucket.quota.interval()))
            .execute(&mut connection)
            .await?;
    }
    Ok(())
}

async fn remove_full(
    mut connection: &AsyncPgConnection,
    at: DateTime<Utc>,
    max: u32,
) -> Result<usize, StoreError> {
    let keys: Vec<Vec<u8>> = full(at, i64::from(max)).load(&mut connection).await?;
    let removed = diesel::delete(throttles::table.filter(throttles::key.eq_any(&keys)))
        .execute(&mut connection)
        .await?;
    Ok(removed)
}

/// Locks so many buckets that are full. What others have locked is taken from, or removed by them.
#[auto_type(no_type_alias)]
pub(crate) fn full(at: DateTime<Utc>, max: i64) -> _ {
    throttles::table
        .filter(throttles::full_at.le(at))
        .order(throttles::full_at)
        .limit(max)
        .select(throttles::key)
        .for_update()
        .skip_locked()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = throttles, check_for_backend(Pg))]
pub(crate) struct ThrottleRow {
    key: Vec<u8>,
    full_at: DateTime<Utc>,
}
