//! How the domain's values are written in columns, and read back.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::ports::BoxError;
use uuid::Uuid;

use crate::error::CorruptColumn;

/// Times are kept as microseconds since the epoch: exact, and ordered like the times.
pub(crate) fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

pub(crate) fn time(column: &'static str, micros: i64) -> Result<DateTime<Utc>, CorruptColumn> {
    known(column, DateTime::from_timestamp_micros(micros))
}

pub(crate) fn optional_time(
    column: &'static str,
    micros: Option<i64>,
) -> Result<Option<DateTime<Utc>>, CorruptColumn> {
    micros.map(|micros| time(column, micros)).transpose()
}

pub(crate) fn id(column: &'static str, raw: &str) -> Result<Uuid, CorruptColumn> {
    parsed(column, Uuid::try_parse(raw))
}

pub(crate) fn optional_id(
    column: &'static str,
    raw: Option<&str>,
) -> Result<Option<Uuid>, CorruptColumn> {
    raw.map(|raw| id(column, raw)).transpose()
}

/// A value that the domain refused to parse.
pub(crate) fn parsed<T, E: Into<BoxError>>(
    column: &'static str,
    value: Result<T, E>,
) -> Result<T, CorruptColumn> {
    value.map_err(|error| CorruptColumn {
        column,
        source: Some(error.into()),
    })
}

/// A value that the domain has no name for.
pub(crate) fn known<T>(column: &'static str, value: Option<T>) -> Result<T, CorruptColumn> {
    value.ok_or(CorruptColumn {
        column,
        source: None,
    })
}

/// The database's own clock, to the millisecond.
pub(crate) fn database_now(connection: &mut SqliteConnection) -> QueryResult<i64> {
    diesel::select(sql::<BigInt>(
        "CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
    ))
    .get_result(connection)
}

/// When a lease of this length runs out, by the database's clock.
pub(crate) fn lease_end(now: i64, lease: Duration) -> i64 {
    now.saturating_add(i64::try_from(lease.as_micros()).unwrap_or(i64::MAX))
}
