mod append;
mod row;
mod trim;

use std::collections::HashSet;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ids::ReplyId;
use domain::ports::{AppendOutcome, Appending, Doorbell, ReplyEventLog, RepositoryError};
use domain::reply::LoggedEvent;
use futures_util::FutureExt as _;
use uuid::Uuid;

use self::append::Part;
use self::row::EventRow;
pub(crate) use self::row::{insert, text_of_attempt};
#[cfg(test)]
pub(crate) use self::trim::untrimmed;
use crate::database::PgDatabase;
use crate::error::StoreError;
use crate::schema::reply_events;

/// The event log of replies in a [`PgDatabase`]. Its doorbell rings for every process that shares
/// the database.
#[derive(Clone, Debug)]
pub struct PgReplyEventLog {
    database: PgDatabase,
}

impl PgReplyEventLog {
    /// Keeps events in this database.
    pub fn new(database: PgDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl ReplyEventLog for PgReplyEventLog {
    async fn append(&self, batch: &[Appending]) -> Result<Vec<AppendOutcome>, RepositoryError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let instance = self.database.instance();
        self.database
            .write_one(batch.to_vec(), move |connection, batch| {
                append_all(connection, batch, instance).boxed()
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
            .read(
                (reply_id, after, max),
                |mut connection, &(reply_id, after, max)| {
                    async move {
                        let rows =
                            events(reply_id, after.map_or(0, |after| after.saturating_add(1)))
                                .limit(i64::from(max))
                                .select(EventRow::as_select())
                                .load(&mut connection)
                                .await?;
                        parse(rows)
                    }
                    .boxed()
                },
            )
            .await
    }

    async fn trim(&self, ended_before: DateTime<Utc>, max: u32) -> Result<u64, RepositoryError> {
        let trimmed = self
            .database
            .write(
                (ended_before, max),
                |connection, &(ended_before, max), _| {
                    async move { Ok(trim::trim(connection, ended_before, max).await?) }.boxed()
                },
            )
            .await?;
        Ok(u64::try_from(trimmed).unwrap_or(u64::MAX))
    }

    fn doorbell(&self) -> Doorbell {
        self.database.doorbell()
    }
}

/// A reply that is in the batch again goes into another statement, which sees what the first did.
async fn append_all(
    connection: &AsyncPgConnection,
    batch: &[Appending],
    instance: Uuid,
) -> Result<Vec<AppendOutcome>, StoreError> {
    let mut outcomes = Vec::with_capacity(batch.len());
    let mut rest = batch;
    while !rest.is_empty() {
        let mut replies = HashSet::new();
        let distinct = rest
            .iter()
            .take_while(|appending| replies.insert(appending.lease.reply_id))
            .count();
        let (round, next) = rest.split_at(distinct);
        let parts = append::append(connection, &round.iter().collect::<Vec<_>>(), instance).await?;
        for (appending, part) in round.iter().zip(parts) {
            outcomes.push(outcome(connection, appending, part).await?);
        }
        rest = next;
    }
    Ok(outcomes)
}

async fn outcome(
    connection: &AsyncPgConnection,
    appending: &Appending,
    part: Part,
) -> Result<AppendOutcome, StoreError> {
    let is_in_log = match part {
        Part::Appended => true,
        Part::OutOfPlace => is_stored(connection, appending).await?,
        Part::Fenced => false,
    };
    Ok(if is_in_log {
        AppendOutcome::Appended
    } else {
        AppendOutcome::Fenced
    })
}

/// What was appended before its outcome got lost stays appended, whatever came after it.
async fn is_stored(
    mut connection: &AsyncPgConnection,
    Appending {
        lease,
        events: expected,
    }: &Appending,
) -> Result<bool, StoreError> {
    let [first, ..] = expected.as_slice() else {
        return Ok(true);
    };
    let rows = events(lease.reply_id, first.position.sequence)
        .limit(i64::try_from(expected.len()).unwrap_or(i64::MAX))
        .select(EventRow::as_select())
        .load(&mut connection)
        .await?;
    Ok(parse(rows)? == *expected)
}

/// The events of a reply from this number on, in order.
pub(crate) fn events(reply_id: ReplyId, from: i64) -> reply_events::BoxedQuery<'static, Pg> {
    reply_events::table
        .filter(reply_events::reply_id.eq(reply_id.as_uuid()))
        .filter(reply_events::sequence.ge(from))
        .order(reply_events::sequence)
        .into_boxed()
}

fn parse(rows: Vec<EventRow>) -> Result<Vec<LoggedEvent>, StoreError> {
    rows.into_iter()
        .map(|row| LoggedEvent::try_from(row).map_err(StoreError::from))
        .collect()
}
