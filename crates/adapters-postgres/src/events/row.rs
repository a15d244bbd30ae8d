use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::handoff::HandoffReason;
use domain::ids::ReplyId;
use domain::reply::{EventKind, LoggedEvent, Position, RestartReason};
use uuid::Uuid;

use crate::columns::{known, parsed};
use crate::error::{CorruptColumn, StoreError};
use crate::schema::reply_events;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = reply_events, check_for_backend(Pg), treat_none_as_default_value = false)]
pub(super) struct EventRow {
    pub(super) reply_id: Uuid,
    pub(super) sequence: i64,
    pub(super) attempt: i32,
    pub(super) kind: String,
    pub(super) text_end: i64,
    pub(super) text: Option<String>,
    pub(super) reason: Option<String>,
}

pub(crate) async fn insert(
    mut connection: &AsyncPgConnection,
    reply_id: ReplyId,
    event: &LoggedEvent,
) -> Result<(), StoreError> {
    diesel::insert_into(reply_events::table)
        .values(EventRow::new(reply_id, event)?)
        .execute(&mut connection)
        .await?;
    Ok(())
}

/// The text that the deltas of one attempt make together.
pub(crate) async fn text_of_attempt(
    mut connection: &AsyncPgConnection,
    reply_id: ReplyId,
    attempt: i32,
) -> QueryResult<String> {
    let deltas: Vec<Option<String>> = reply_events::table
        .filter(reply_events::reply_id.eq(reply_id.as_uuid()))
        .filter(reply_events::attempt.eq(attempt))
        .filter(reply_events::text.is_not_null())
        .order(reply_events::sequence)
        .select(reply_events::text)
        .load(&mut connection)
        .await?;
    Ok(deltas.into_iter().flatten().collect())
}

impl EventRow {
    pub(super) fn new(reply_id: ReplyId, event: &LoggedEvent) -> Result<Self, CorruptColumn> {
        let Position {
            attempt,
            sequence,
            offset,
        } = event.position;
        let (kind, text, reason) = match &event.kind {
            EventKind::Created => ("created", None, None),
            EventKind::Delta(text) => ("delta", Some(text.clone()), None),
            EventKind::Restarted(reason) => ("restarted", None, Some(reason.as_str().to_owned())),
            EventKind::HandedOff(reason) => ("handed_off", None, Some(reason.as_str().to_owned())),
            EventKind::Ended => ("ended", None, None),
        };
        Ok(Self {
            reply_id: reply_id.as_uuid(),
            sequence,
            attempt,
            kind: kind.to_owned(),
            text_end: parsed("reply_events.text_end", i64::try_from(offset))?,
            text,
            reason,
        })
    }
}

impl TryFrom<EventRow> for LoggedEvent {
    type Error = CorruptColumn;

    fn try_from(row: EventRow) -> Result<Self, CorruptColumn> {
        let reason = row.reason.as_deref();
        let kind = match (row.kind.as_str(), row.text, reason) {
            ("created", None, None) => Some(EventKind::Created),
            ("delta", Some(text), None) => Some(EventKind::Delta(text)),
            ("restarted", None, Some(reason)) => {
                RestartReason::from_name(reason).map(EventKind::Restarted)
            }
            ("handed_off", None, Some(reason)) => {
                HandoffReason::from_name(reason).map(EventKind::HandedOff)
            }
            ("ended", None, None) => Some(EventKind::Ended),
            _ => None,
        };
        Ok(Self {
            position: Position {
                attempt: row.attempt,
                sequence: row.sequence,
                offset: parsed("reply_events.text_end", usize::try_from(row.text_end))?,
            },
            kind: known("reply_events.kind", kind)?,
        })
    }
}
