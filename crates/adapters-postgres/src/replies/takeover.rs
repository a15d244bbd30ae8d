use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ports::{Takeover, TakeoverDecision, TakeoverRequest};
use domain::reply::{FailureCode, RestartReason};
use uuid::Uuid;

use super::row::{Holder, ReplyRow};
use crate::bell::Rings;
use crate::columns::{database_now, lease_end};
use crate::error::StoreError;
use crate::schema::replies;
use crate::tickets;

/// Tickets first and replies then, as everybody locks them. What others have locked they take over
/// themselves, or change, so it is left to them: waiting for it here, while others wait for what
/// is locked already, could last for ever.
pub(super) async fn take_over_expired(
    mut connection: &AsyncPgConnection,
    request: &TakeoverRequest,
    rings: &mut Rings,
) -> Result<Vec<Takeover>, StoreError> {
    let now = database_now(connection).await?;
    let candidates: Vec<(Uuid, Uuid)> = expired(now)
        .order(replies::lease_until)
        .limit(i64::from(request.max))
        .select((replies::id, replies::ticket_id))
        .load(&mut connection)
        .await?;
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let (ids, ticket_ids): (Vec<_>, Vec<_>) = candidates.into_iter().unzip();
    let ticket_ids = tickets::lock_free(connection, ticket_ids).await?;
    let rows = replies::table
        .filter(replies::id.eq_any(ids))
        .filter(replies::ticket_id.eq_any(ticket_ids))
        .filter(replies::ended_at.is_null())
        .filter(replies::lease_until.le(now))
        .order(replies::lease_until)
        .select(ReplyRow::as_select())
        .for_update()
        .skip_locked()
        .load(&mut connection)
        .await?;
    let holder = Holder {
        owner: request.owner,
        lease_until: lease_end(now, request.lease),
    };
    let mut takeovers = Vec::with_capacity(rows.len());
    for row in rows {
        takeovers.push(take_over(connection, request, (holder, now), row, rings).await?);
    }
    Ok(takeovers)
}

/// Replies that run without anybody's lease.
pub(crate) fn expired(now: DateTime<Utc>) -> replies::BoxedQuery<'static, Pg> {
    replies::table
        .filter(replies::ended_at.is_null())
        .filter(replies::lease_until.le(now))
        .into_boxed()
}

async fn take_over(
    connection: &AsyncPgConnection,
    request: &TakeoverRequest,
    (holder, now): (Holder, DateTime<Utc>),
    mut row: ReplyRow,
    rings: &mut Rings,
) -> Result<Takeover, StoreError> {
    match TakeoverRequest::decide(&row.state()?, row.attempts_used()) {
        TakeoverDecision::Restart => {
            row.model.clone_from(&request.model);
            row.restart(connection, RestartReason::OwnerLost, holder, request.at)
                .await?;
            rings.elsewhere(row.ring());
            let lease = row.lease();
            Ok(Takeover::Restarted(lease, Box::new(row.into_reply(now)?)))
        }
        TakeoverDecision::Fail => {
            row.fence(request.owner);
            row.fail(FailureCode::Interrupted);
            row.end(connection, request.at).await?;
            rings.everywhere(row.ring());
            Ok(Takeover::Failed(Box::new(row.into_reply(now)?)))
        }
    }
}
