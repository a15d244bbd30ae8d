use diesel::prelude::*;
use domain::ports::{Ring, Takeover, TakeoverDecision, TakeoverRequest};
use domain::reply::{FailureCode, RestartReason};

use super::row::{Holder, ReplyRow, running};
use crate::columns::{database_now, lease_end};
use crate::error::StoreError;
use crate::schema::replies;

pub(super) fn take_over_expired(
    connection: &mut SqliteConnection,
    request: &TakeoverRequest,
    rings: &mut Vec<Ring>,
) -> Result<Vec<Takeover>, StoreError> {
    let now = database_now(connection)?;
    let holder = Holder {
        owner: request.owner,
        lease_until: lease_end(now, request.lease),
    };
    let expired = replies::table
        .filter(running())
        .filter(replies::lease_until.le(now))
        .order(replies::lease_until)
        .limit(i64::from(request.max))
        .select(ReplyRow::as_select())
        .load(connection)?;
    expired
        .into_iter()
        .map(
            |mut row| match TakeoverRequest::decide(&row.state()?, row.attempts_used()) {
                TakeoverDecision::Restart => {
                    row.model.clone_from(&request.model);
                    row.restart(connection, RestartReason::OwnerLost, holder, request.at)?;
                    let lease = row.lease()?;
                    Ok(Takeover::Restarted(lease, Box::new(row.into_reply(now)?)))
                }
                TakeoverDecision::Fail => {
                    row.fence(request.owner);
                    row.fail(FailureCode::Interrupted);
                    row.end(connection, request.at)?;
                    rings.push(row.ring()?);
                    Ok(Takeover::Failed(Box::new(row.into_reply(now)?)))
                }
            },
        )
        .collect()
}
