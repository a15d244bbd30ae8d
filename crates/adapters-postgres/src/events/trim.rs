use chrono::{DateTime, Utc};
use diesel::dsl::{auto_type, not};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::schema::{replies, reply_events};

pub(super) async fn trim(
    mut connection: &AsyncPgConnection,
    ended_before: DateTime<Utc>,
    max: u32,
) -> QueryResult<usize> {
    let ids: Vec<Uuid> = untrimmed(ended_before, i64::from(max))
        .load(&mut connection)
        .await?;
    diesel::delete(reply_events::table.filter(reply_events::reply_id.eq_any(&ids)))
        .execute(&mut connection)
        .await?;
    diesel::update(replies::table.filter(replies::id.eq_any(&ids)))
        .set(replies::trimmed.eq(true))
        .execute(&mut connection)
        .await
}

/// Locks so many replies that ended before that time and still have events. What others have
/// locked they trim themselves, or begin anew.
#[auto_type(no_type_alias)]
pub(crate) fn untrimmed(ended_before: DateTime<Utc>, max: i64) -> _ {
    replies::table
        .filter(replies::ended_at.lt(ended_before))
        .filter(not(replies::trimmed))
        .order(replies::ended_at)
        .limit(max)
        .select(replies::id)
        .for_no_key_update()
        .skip_locked()
}
