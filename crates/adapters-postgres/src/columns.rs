//! How the domain's values are written in columns, and read back.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ports::BoxError;

use crate::error::CorruptColumn;

#[diesel::declare_sql_function]
extern "SQL" {
    /// The present moment, unlike `now()`, which is the transaction's beginning.
    fn clock_timestamp() -> Timestamptz;
    #[sql_name = "coalesce"]
    fn uuid_or(value: Nullable<Uuid>, otherwise: Uuid) -> Uuid;
    fn pg_notify(channel: Text, payload: Text);
}

/// No lease is longer, so that its end is a time that every database knows.
const LONGEST_LEASE: TimeDelta = TimeDelta::days(36_500);

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

/// The database's own clock.
pub(crate) async fn database_now(mut connection: &AsyncPgConnection) -> QueryResult<DateTime<Utc>> {
    diesel::select(clock_timestamp())
        .get_result(&mut connection)
        .await
}

/// When a lease of this length runs out, by the database's clock.
pub(crate) fn lease_end(now: DateTime<Utc>, lease: Duration) -> DateTime<Utc> {
    let lease = TimeDelta::from_std(lease).map_or(LONGEST_LEASE, |lease| lease.min(LONGEST_LEASE));
    now + lease
}
