use std::time::Duration;

use diesel::prelude::*;
use domain::ports::Ring;
use domain::reply::Lease;

use super::row::{ReplyRow, is_streaming, running};
use crate::columns::{database_now, lease_end};
use crate::error::StoreError;
use crate::schema::replies;

/// A lease that ran out but was not taken over is still its holder's: nobody else wrote.
pub(super) fn renew(
    connection: &mut SqliteConnection,
    leases: Vec<Lease>,
    length: Duration,
) -> QueryResult<Vec<Lease>> {
    let until = lease_end(database_now(connection)?, length);
    let mut held = Vec::with_capacity(leases.len());
    for lease in leases {
        let row = replies::table
            .find(lease.reply_id.to_string())
            .filter(replies::epoch.eq(lease.epoch))
            .filter(replies::owner.eq(lease.owner.to_string()))
            .filter(replies::status.eq("streaming"));
        let renewed = diesel::update(row)
            .set(replies::lease_until.eq(until))
            .execute(connection)?;
        if renewed == 1 {
            held.push(lease);
        }
    }
    Ok(held)
}

/// Queues what these leases still hold.
pub(super) fn hand_over(
    connection: &mut SqliteConnection,
    leases: &[Lease],
    rings: &mut Vec<Ring>,
) -> Result<(), StoreError> {
    for lease in leases {
        let Some(mut row) = ReplyRow::find(connection, lease.reply_id)? else {
            continue;
        };
        if row.lease()? == *lease && is_streaming(&row.status) {
            row.queue(connection)?;
            rings.push(row.ring()?);
        }
    }
    Ok(())
}

/// Lets every lease run out now.
pub(crate) fn expire_all(connection: &mut SqliteConnection) -> QueryResult<()> {
    diesel::update(replies::table.filter(running()))
        .set(replies::lease_until.eq(0))
        .execute(connection)?;
    Ok(())
}
