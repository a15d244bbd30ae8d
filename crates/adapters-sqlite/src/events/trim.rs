use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::columns::micros;
use crate::schema::{replies, reply_events};

/// The condition of a partial index word for word, without which SQLite does not use it.
const UNTRIMMED: &str = "ended_at IS NOT NULL AND trimmed = 0";

/// Removes the events of replies that ended before that time, those of the oldest first.
pub(super) fn trim(
    connection: &mut SqliteConnection,
    ended_before: DateTime<Utc>,
    max: u32,
) -> QueryResult<u64> {
    let due: Vec<String> = replies::table
        .filter(sql::<Bool>(UNTRIMMED))
        .filter(replies::ended_at.lt(micros(ended_before)))
        .order(replies::ended_at)
        .limit(i64::from(max))
        .select(replies::id)
        .load(connection)?;
    let mut trimmed = 0;
    for id in due {
        diesel::delete(reply_events::table.filter(reply_events::reply_id.eq(&id)))
            .execute(connection)?;
        diesel::update(replies::table.find(&id))
            .set(replies::trimmed.eq(true))
            .execute(connection)?;
        trimmed += 1;
    }
    Ok(trimmed)
}
