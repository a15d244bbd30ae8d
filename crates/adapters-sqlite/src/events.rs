mod row;
mod trim;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::ReplyId;
use domain::ports::{AppendOutcome, Appending, Doorbell, ReplyEventLog, RepositoryError};
use domain::reply::LoggedEvent;

pub(crate) use self::row::{insert, text_of_attempt};
use crate::database::SqliteDatabase;
use crate::error::StoreError;
use crate::events::row::EventRow;
use crate::replies::is_streaming;
use crate::schema::{replies, reply_events};

/// The event log of replies in a [`SqliteDatabase`]. Its doorbell rings within this process, which
/// is the only one that serves the file.
#[derive(Clone, Debug)]
pub struct SqliteReplyEventLog {
    database: SqliteDatabase,
}

impl SqliteReplyEventLog {
    /// Keeps events in this database.
    pub fn new(database: SqliteDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl ReplyEventLog for SqliteReplyEventLog {
    async fn append(&self, batch: &[Appending]) -> Result<Vec<AppendOutcome>, RepositoryError> {
        let batch = batch.to_vec();
        self.database
            .write(move |connection| {
                batch
                    .iter()
                    .map(|appending| append(connection, appending))
                    .collect()
            })
            .await
    }

    async fn read(
        &self,
        reply_id: ReplyId,
        after: Option<i64>,
        max: u32,
    ) -> Result<Vec<LoggedEvent>, RepositoryError> {
        self.database
            .read(move |connection| {
                let rows = reply_events::table
                    .filter(reply_events::reply_id.eq(reply_id.to_string()))
                    .filter(reply_events::sequence.gt(after.unwrap_or(-1)))
                    .order(reply_events::sequence)
                    .limit(i64::from(max))
                    .select(EventRow::as_select())
                    .load(connection)?;
                parse(rows)
            })
            .await
    }

    async fn trim(&self, ended_before: DateTime<Utc>, max: u32) -> Result<u64, RepositoryError> {
        self.database
            .write(move |connection| Ok(trim::trim(connection, ended_before, max)?))
            .await
    }

    fn doorbell(&self) -> Doorbell {
        self.database.doorbell()
    }
}

fn append(
    connection: &mut SqliteConnection,
    Appending { lease, events }: &Appending,
) -> Result<AppendOutcome, StoreError> {
    let (Some(first), Some(last)) = (events.first(), events.last()) else {
        return Ok(AppendOutcome::Appended);
    };
    let reply = replies::table
        .find(lease.reply_id.to_string())
        .filter(replies::epoch.eq(lease.epoch))
        .filter(replies::owner.eq(lease.owner.to_string()))
        .select((replies::status, replies::last_sequence))
        .first::<(String, i64)>(connection)
        .optional()?;
    let Some((status, last_sequence)) = reply else {
        return Ok(AppendOutcome::Fenced);
    };
    if is_streaming(&status) && last_sequence + 1 == first.position.sequence {
        insert(connection, lease.reply_id, events)?;
        diesel::update(replies::table.find(lease.reply_id.to_string()))
            .set(replies::last_sequence.eq(last.position.sequence))
            .execute(connection)?;
        return Ok(AppendOutcome::Appended);
    }
    // What was appended before its outcome got lost stays appended, whatever came after it.
    let rows = reply_events::table
        .filter(reply_events::reply_id.eq(lease.reply_id.to_string()))
        .filter(reply_events::sequence.between(first.position.sequence, last.position.sequence))
        .order(reply_events::sequence)
        .select(EventRow::as_select())
        .load(connection)?;
    Ok(if parse(rows)? == *events {
        AppendOutcome::Appended
    } else {
        AppendOutcome::Fenced
    })
}

fn parse(rows: Vec<EventRow>) -> Result<Vec<LoggedEvent>, StoreError> {
    rows.into_iter()
        .map(|row| LoggedEvent::try_from(row).map_err(StoreError::from))
        .collect()
}
