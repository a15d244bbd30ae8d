use std::collections::HashMap;
use std::time::Duration;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ids::{OwnerId, ReplyId};
use domain::ports::Ring;
use domain::reply::Lease;
use uuid::Uuid;

use crate::bell::Rings;
use crate::columns::{database_now, lease_end};
use crate::error::StoreError;
use crate::schema::replies;
use crate::tickets;

/// A lease that ran out but was not taken over is still its holder's: nobody else wrote.
pub(super) async fn renew(
    mut connection: &AsyncPgConnection,
    leases: &[Lease],
    length: Duration,
) -> QueryResult<Vec<Lease>> {
    let held = lock_held(connection, leases).await?;
    let until = lease_end(database_now(connection).await?, length);
    let ids: Vec<Uuid> = held.keys().map(|lease| lease.reply_id.as_uuid()).collect();
    diesel::update(replies::table.filter(replies::id.eq_any(ids)))
        .set(replies::lease_until.eq(until))
        .execute(&mut connection)
        .await?;
    let held = leases.iter().filter(|lease| held.contains_key(lease));
    Ok(held.copied().collect())
}

/// Queues the replies of those leases that hold.
pub(super) async fn hand_over(
    mut connection: &AsyncPgConnection,
    leases: &[Lease],
    rings: &mut Rings,
) -> Result<(), StoreError> {
    tickets::lock_of_replies(connection, ids(leases)).await?;
    let mut held = lock_held(connection, leases).await?;
    let now = database_now(connection).await?;
    let ids: Vec<Uuid> = held.keys().map(|lease| lease.reply_id.as_uuid()).collect();
    diesel::update(replies::table.filter(replies::id.eq_any(ids)))
        .set((
            replies::status.eq("queued"),
            replies::lease_until.eq(now),
            replies::handovers.eq(replies::handovers + 1),
        ))
        .execute(&mut connection)
        .await?;
    for lease in leases {
        if let Some(last_sequence) = held.remove(lease) {
            rings.everywhere(Ring {
                reply_id: lease.reply_id,
                last_sequence,
            });
        }
    }
    Ok(())
}

/// Those of the leases that hold, their replies locked, with the number of each reply's last event.
async fn lock_held(
    mut connection: &AsyncPgConnection,
    leases: &[Lease],
) -> QueryResult<HashMap<Lease, i64>> {
    // In the order of ids like appends, so that the two cannot wait for each other.
    let streaming: Vec<(Uuid, Uuid, i32, i64)> = replies::table
        .filter(replies::id.eq_any(ids(leases)))
        .filter(replies::status.eq("streaming"))
        .order(replies::id)
        .select((
            replies::id,
            replies::owner,
            replies::epoch,
            replies::last_sequence,
        ))
        .for_no_key_update()
        .load(&mut connection)
        .await?;
    let held = streaming
        .into_iter()
        .map(|(id, owner, epoch, last_sequence)| {
            let lease = Lease {
                reply_id: ReplyId::from_uuid(id),
                owner: OwnerId::from_uuid(owner),
                epoch,
            };
            (lease, last_sequence)
        })
        .filter(|(lease, _)| leases.contains(lease));
    Ok(held.collect())
}

fn ids(leases: &[Lease]) -> Vec<Uuid> {
    leases
        .iter()
        .map(|lease| lease.reply_id.as_uuid())
        .collect()
}
