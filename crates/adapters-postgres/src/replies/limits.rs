use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ids::UserId;
use domain::ports::{ClaimRequest, ReplyLimits};
use uuid::Uuid;

use crate::error::StoreError;
use crate::pipeline::both;
use crate::replies::row::ReplyRow;
use crate::schema::{replies, reply_claims, users};

/// How long the owner must wait for another generation; none if it may start now.
pub(super) async fn wait(
    connection: &AsyncPgConnection,
    request: &ClaimRequest,
    user_id: UserId,
) -> Result<Option<Duration>, StoreError> {
    let Some(limits) = request.limits else {
        return Ok(None);
    };
    let counts = both(
        claimed(connection, request.at, user_id, limits),
        running(connection, user_id),
    );
    let ((), (claimed, running)) = both(lock_user(connection, user_id), counts).await?;
    Ok(limits.wait(&claimed, running, request.at))
}

/// An owner's claims on several tickets count one after the other. Rows may refer to the owner
/// meanwhile.
async fn lock_user(mut connection: &AsyncPgConnection, user_id: UserId) -> QueryResult<()> {
    let _: Option<Uuid> = users::table
        .find(user_id.as_uuid())
        .select(users::id)
        .for_no_key_update()
        .first(&mut connection)
        .await
        .optional()?;
    Ok(())
}

async fn claimed(
    mut connection: &AsyncPgConnection,
    at: DateTime<Utc>,
    user_id: UserId,
    limits: ReplyLimits,
) -> QueryResult<Vec<DateTime<Utc>>> {
    reply_claims::table
        .filter(reply_claims::user_id.eq(user_id.as_uuid()))
        .filter(reply_claims::claimed_at.gt(at - ReplyLimits::WINDOW))
        .order(reply_claims::claimed_at.desc())
        .limit(i64::from(limits.per_minute))
        .select(reply_claims::claimed_at)
        .load(&mut connection)
        .await
}

async fn running(mut connection: &AsyncPgConnection, user_id: UserId) -> QueryResult<i64> {
    replies::table
        .filter(replies::user_id.eq(user_id.as_uuid()))
        .filter(replies::ended_at.is_null())
        .count()
        .get_result(&mut connection)
        .await
}

/// Counts a generation that was granted, and forgets those that no longer count.
pub(super) async fn record(
    mut connection: &AsyncPgConnection,
    row: &ReplyRow,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let user_id = row.user_id;
    let forgotten = reply_claims::table
        .filter(reply_claims::user_id.eq(user_id))
        .filter(reply_claims::claimed_at.le(at - ReplyLimits::WINDOW));
    let mut pipelined = connection;
    let forget = diesel::delete(forgotten).execute(&mut connection);
    let record = diesel::insert_into(reply_claims::table)
        .values((
            reply_claims::reply_id.eq(row.id),
            reply_claims::attempt.eq(row.attempt),
            reply_claims::user_id.eq(user_id),
            reply_claims::claimed_at.eq(at),
        ))
        .execute(&mut pipelined);
    both(forget, record).await?;
    Ok(())
}
