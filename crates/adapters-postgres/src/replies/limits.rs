use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ids::UserId;
use domain::ports::{ClaimRequest, ReplyLimits};
use domain::reply::Reply;
use uuid::Uuid;

use crate::error::StoreError;
use crate::pipeline::both;
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
    lock_user(connection, user_id).await?;
    let (claimed, running) = both(
        claimed(connection, request.at, user_id, limits),
        running(connection, user_id),
    )
    .await?;
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
    reply: &Reply,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let user_id = reply.user_id.as_uuid();
    let forgotten = reply_claims::table
        .filter(reply_claims::user_id.eq(user_id))
        .filter(reply_claims::claimed_at.le(at - ReplyLimits::WINDOW));
    let mut pipelined = connection;
    let forget = diesel::delete(forgotten).execute(&mut connection);
    let record = diesel::insert_into(reply_claims::table)
        .values((
            reply_claims::reply_id.eq(reply.id.as_uuid()),
            reply_claims::attempt.eq(reply.attempt),
            reply_claims::user_id.eq(user_id),
            reply_claims::claimed_at.eq(at),
        ))
        .execute(&mut pipelined);
    both(forget, record).await?;
    Ok(())
}
