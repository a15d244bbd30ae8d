use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::UserId;
use domain::ports::{ClaimRequest, ReplyLimits};
use domain::reply::Reply;

use super::row::running;
use crate::columns::{micros, time};
use crate::error::StoreError;
use crate::schema::{replies, reply_claims};

/// How long the owner must wait for another generation; none if it may start now.
pub(super) fn wait(
    connection: &mut SqliteConnection,
    request: &ClaimRequest,
    user_id: UserId,
) -> Result<Option<Duration>, StoreError> {
    let Some(limits) = request.limits else {
        return Ok(None);
    };
    let claimed: Vec<i64> = reply_claims::table
        .filter(reply_claims::user_id.eq(user_id.to_string()))
        .filter(reply_claims::claimed_at.gt(window_start(request.at)))
        .order(reply_claims::claimed_at.desc())
        .limit(i64::from(limits.per_minute))
        .select(reply_claims::claimed_at)
        .load(connection)?;
    let running: i64 = replies::table
        .filter(replies::user_id.eq(user_id.to_string()))
        .filter(running())
        .count()
        .get_result(connection)?;
    let claimed: Vec<_> = claimed
        .into_iter()
        .map(|micros| time("reply_claims.claimed_at", micros))
        .collect::<Result<_, _>>()?;
    Ok(limits.wait(&claimed, running, request.at))
}

/// Counts a generation that was granted, and forgets those that no longer count.
pub(super) fn record(
    connection: &mut SqliteConnection,
    reply: &Reply,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let user_id = reply.user_id.to_string();
    let forgotten = reply_claims::table
        .filter(reply_claims::user_id.eq(&user_id))
        .filter(reply_claims::claimed_at.le(window_start(at)));
    diesel::delete(forgotten).execute(connection)?;
    diesel::insert_into(reply_claims::table)
        .values((
            reply_claims::reply_id.eq(reply.id.to_string()),
            reply_claims::attempt.eq(reply.attempt),
            reply_claims::user_id.eq(&user_id),
            reply_claims::claimed_at.eq(micros(at)),
        ))
        .execute(connection)?;
    Ok(())
}

fn window_start(at: DateTime<Utc>) -> i64 {
    micros(at - ReplyLimits::WINDOW)
}
