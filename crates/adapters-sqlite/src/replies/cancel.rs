use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::TicketId;
use domain::ports::Ring;
use domain::ticket::Effect;

use super::row::{ReplyRow, running};
use crate::error::StoreError;
use crate::schema::replies;

/// Carries out what a change of a ticket means for its running reply, and says for whom to ring
/// once that is committed.
pub(crate) fn carry_out(
    connection: &mut SqliteConnection,
    ticket_id: TicketId,
    effect: Effect,
    at: DateTime<Utc>,
) -> Result<Option<Ring>, StoreError> {
    let Effect::CancelReply { reason, by } = effect else {
        return Ok(None);
    };
    let running = replies::table
        .filter(replies::ticket_id.eq(ticket_id.to_string()))
        .filter(running())
        .select(ReplyRow::as_select())
        .first(connection)
        .optional()?;
    let Some(mut row) = running else {
        return Ok(None);
    };
    "cancelled".clone_into(&mut row.status);
    row.cancel_reason = Some(reason.as_str().to_owned());
    row.cancelled_by = Some(by.as_str().to_owned());
    row.end(connection, at)?;
    Ok(Some(row.ring()?))
}
