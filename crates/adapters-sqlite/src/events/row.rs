use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use domain::handoff::HandoffReason;
use domain::ids::ReplyId;
use domain::reply::{EventKind, LoggedEvent, Position, RestartReason};

use crate::columns::{known, parsed};
use crate::error::{CorruptColumn, StoreError};
use crate::schema::reply_events;

/// SQLite binds 32 766 values at most in one statement.
const ROWS_PER_STATEMENT: usize = 1_000;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = reply_events, check_for_backend(Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct EventRow {
    reply_id: String,
    sequence: i64,
    attempt: i32,
    kind: String,
    text_end: i64,
    text: Option<String>,
    reason: Option<String>,
}

pub(crate) fn insert(
    connection: &mut SqliteConnection,
    reply_id: ReplyId,
    events: &[LoggedEvent],
) -> Result<(), StoreError> {
    for chunk in events.chunks(ROWS_PER_STATEMENT) {
        let rows = chunk
            .iter()
            .map(|event| EventRow::new(reply_id, event))
            .collect::<Result<Vec<_>, _>>()?;
        diesel::insert_into(reply_events::table)
            .values(rows)
            .execute(connection)?;
    }
    Ok(())
}

/// The text that the deltas of one attempt make together.
pub(crate) fn text_of_attempt(
    connection: &mut SqliteConnection,
    reply_id: ReplyId,
    attempt: i32,
) -> QueryResult<String> {
    let deltas: Vec<Option<String>> = reply_events::table
        .filter(reply_events::reply_id.eq(reply_id.to_string()))
        .filter(reply_events::attempt.eq(attempt))
        .filter(reply_events::text.is_not_null())
        .order(reply_events::sequence)
        .select(reply_events::text)
        .load(connection)?;
    Ok(deltas.into_iter().flatten().collect())
}

impl EventRow {
    fn new(reply_id: ReplyId, event: &LoggedEvent) -> Result<Self, CorruptColumn> {
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
            reply_id: reply_id.to_string(),
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
