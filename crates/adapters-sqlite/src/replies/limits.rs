use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::UserId;
use domain::ports::ClaimRequest;
use domain::reply::Reply;

use super::row::running;
use crate::columns::micros;
use crate::error::StoreError;
use crate::schema::{replies, reply_claims};

const WINDOW: Duration = Duration::from_mins(1);

/// A running reply may end at any time, so this is a guess.
const UNTIL_ONE_ENDS: Duration = Duration::from_secs(2);

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
    if u32::try_from(claimed.len()).is_ok_and(|count| count >= limits.per_minute) {
        // There is room again once the oldest of these has left the window.
        let oldest = claimed
            .last()
            .copied()
            .unwrap_or_else(|| micros(request.at));
        let age = micros(request.at).saturating_sub(oldest).max(0);
        let left = WINDOW.saturating_sub(Duration::from_micros(age.unsigned_abs()));
        return Ok(Some(left.max(Duration::from_secs(1))));
    }
    let running: i64 = replies::table
        .filter(replies::user_id.eq(user_id.to_string()))
        .filter(running())
        .count()
        .get_result(connection)?;
    Ok((running >= i64::from(limits.concurrent)).then_some(UNTIL_ONE_ENDS))
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
    micros(at - WINDOW)
}
