use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ids::TicketId;
use domain::reply::{CancelReason, CancelledBy, Reply};
use domain::ticket::Effect;

use super::row::ReplyRow;
use crate::bell::Rings;
use crate::columns::database_now;
use crate::error::StoreError;
use crate::messages::newest_question;
use crate::pipeline::both;
use crate::schema::replies;
use crate::tickets;

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
    if let Some(mut row) = running {
        row.cancel(connection, (reason, by), at, rings).await?;
    }
    Ok(())
}

/// Cancels the reply to the newest question, if it runs, and gives it as it then stands.
pub(super) async fn cancel(
    connection: &AsyncPgConnection,
    ticket_id: TicketId,
    by: CancelledBy,
    at: DateTime<Utc>,
    rings: &mut Rings,
) -> Result<Option<Reply>, StoreError> {
    if tickets::lock(connection, ticket_id).await?.is_none() {
        return Ok(None);
    }
    let question = newest_question(connection, ticket_id).await?;
    let locked = ReplyRow::lock_by_question(connection, question.id);
    let (row, now) = both(locked, database_now(connection)).await?;
    let Some(mut row) = row else {
        return Ok(None);
    };
    if row.is_running() {
        row.cancel(connection, (CancelReason::User, by), at, rings)
            .await?;
    }
    Ok(Some(row.into_reply(now)?))
}
