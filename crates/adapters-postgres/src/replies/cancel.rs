use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ids::TicketId;
use domain::ticket::Effect;

use super::row::ReplyRow;
use crate::bell::Rings;
use crate::error::StoreError;
use crate::schema::replies;

/// Carries out what a change of a ticket, which must be locked, means for its running reply.
pub(crate) async fn carry_out(
    mut connection: &AsyncPgConnection,
    ticket_id: TicketId,
    effect: Effect,
    at: DateTime<Utc>,
    rings: &mut Rings,
) -> Result<(), StoreError> {
    let Effect::CancelReply { reason, by } = effect else {
        return Ok(());
    };
    let running = replies::table
        .filter(replies::ticket_id.eq(ticket_id.as_uuid()))
        .filter(replies::ended_at.is_null())
        .select(ReplyRow::as_select())
        .for_update()
        .first(&mut connection)
        .await
        .optional()?;
    let Some(mut row) = running else {
        return Ok(());
    };
    "cancelled".clone_into(&mut row.status);
    row.cancel_reason = Some(reason.as_str().to_owned());
    row.cancelled_by = Some(by.as_str().to_owned());
    row.end(connection, at).await?;
    rings.everywhere(row.ring());
    Ok(())
}
