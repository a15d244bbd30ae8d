use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::TicketId;
use domain::ports::Ring;
use domain::reply::{CancelReason, CancelledBy};
use domain::ticket::Effect;

use super::row::{ReplyRow, is_running, running};
use crate::error::StoreError;
use crate::messages::newest_question;
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
    row.cancel(connection, (reason, by), at)?;
    Ok(Some(row.ring()?))
}

/// Cancels the reply to the newest question, if it runs, and gives it as it then stands.
pub(super) fn cancel(
    connection: &mut SqliteConnection,
    ticket_id: TicketId,
    by: CancelledBy,
    at: DateTime<Utc>,
    rings: &mut Vec<Ring>,
) -> Result<Option<ReplyRow>, StoreError> {
    let question = newest_question(connection, ticket_id)?;
    let mut row = ReplyRow::find_by_question(connection, question.id)?;
    if let Some(row) = row.as_mut().filter(|row| is_running(&row.status)) {
        row.cancel(connection, (CancelReason::User, by), at)?;
        rings.push(row.ring()?);
    }
    Ok(row)
}
