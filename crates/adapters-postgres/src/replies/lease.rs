use std::collections::HashSet;
use std::time::Duration;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::reply::Lease;

use crate::columns::{database_now, lease_end};
use crate::schema::replies;

/// A lease that ran out but was not taken over is still its holder's: nobody else wrote.
pub(super) async fn renew(
    mut connection: &AsyncPgConnection,
    leases: &[Lease],
    length: Duration,
) -> QueryResult<Vec<Lease>> {
    let ids: Vec<_> = leases
        .iter()
        .map(|lease| lease.reply_id.as_uuid())
        .collect();
    // In the order of ids like appends, so that the two cannot wait for each other.
    let running: Vec<(uuid::Uuid, uuid::Uuid, i32)> = replies::table
        .filter(replies::id.eq_any(ids))
        .filter(replies::ended_at.is_null())
        .order(replies::id)
        .select((replies::id, replies::owner, replies::epoch))
        .for_no_key_update()
        .load(&mut connection)
        .await?;
    let running: HashSet<_> = running.into_iter().collect();
    let held: Vec<Lease> = leases
        .iter()
        .filter(|lease| {
            running.contains(&(lease.reply_id.as_uuid(), lease.owner.as_uuid(), lease.epoch))
        })
        .copied()
        .collect();
    let until = lease_end(database_now(connection).await?, length);
    let ids: Vec<_> = held.iter().map(|lease| lease.reply_id.as_uuid()).collect();
    diesel::update(replies::table.filter(replies::id.eq_any(ids)))
        .set(replies::lease_until.eq(until))
        .execute(&mut connection)
        .await?;
    Ok(held)
}
