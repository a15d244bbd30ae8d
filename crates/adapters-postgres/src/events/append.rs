use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ports::Appending;
use uuid::Uuid;

use super::row::EventRow;
use crate::bell::{CHANNEL, RINGS_PER_NOTIFICATION};
use crate::error::{CorruptColumn, StoreError};

/// What became of one reply's part of a batch, in the first statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// It is in the log.
    Appended,
    /// The lease is good, but these are not the next events.
    OutOfPlace,
    /// The lease is void.
    Fenced,
}

/// Appends to replies of which each is in the batch once, by one statement, which is a transaction
/// of its own.
///
/// It is committed without waiting for the disk. A host that loses power may lose the last deltas
/// of replies that still run: their reply then has another attempt, of which readers are told. Ends
/// of replies, and everything else, wait for the disk, and with that for all deltas before them.
pub(super) async fn append(
    mut connection: &AsyncPgConnection,
    batch: &[&Appending],
    instance: Uuid,
) -> Result<Vec<Part>, StoreError> {
    let places: Vec<(i64, bool)> = Batch::new(batch, instance)?.load(&mut connection).await?;
    let part = |place: i64| match places.iter().find(|(held, _)| *held == place) {
        Some((_, true)) => Part::Appended,
        Some((_, false)) => Part::OutOfPlace,
        None => Part::Fenced,
    };
    // Ordinal numbers begin with 1.
    Ok((1..).take(batch.len()).map(part).collect())
}

/// The statement and what it binds. It is written by hand, and a query of diesel's all the same, so
/// that each connection prepares it once.
#[derive(Debug, Default)]
struct Batch {
    reply_ids: Vec<Uuid>,
    owners: Vec<Uuid>,
    epochs: Vec<i32>,
    firsts: Vec<i64>,
    lasts: Vec<i64>,
    places: Vec<i64>,
    sequences: Vec<i64>,
    attempts: Vec<i32>,
    kinds: Vec<String>,
    text_ends: Vec<i64>,
    texts: Vec<Option<String>>,
    reasons: Vec<Option<String>>,
    instance: String,
    rings_per_notification: i64,
}

impl Batch {
    fn new(batch: &[&Appending], instance: Uuid) -> Result<Self, CorruptColumn> {
        let mut columns = Self {
            instance: instance.to_string(),
            rings_per_notification: i64::try_from(RINGS_PER_NOTIFICATION).unwrap_or(1),
            ..Self::default()
        };
        for (place, Appending { lease, events }) in (1..).zip(batch) {
            let sequence = |event: Option<&domain::reply::LoggedEvent>| {
                event.map_or(0, |event| event.position.sequence)
            };
            columns.reply_ids.push(lease.reply_id.as_uuid());
            columns.owners.push(lease.owner.as_uuid());
            columns.epochs.push(lease.epoch);
            columns.firsts.push(sequence(events.as_slice().first()));
            columns.lasts.push(sequence(events.as_slice().last()));
            for event in events {
                let row = EventRow::new(lease.reply_id, event)?;
                columns.places.push(place);
                columns.sequences.push(row.sequence);
                columns.attempts.push(row.attempt);
                columns.kinds.push(row.kind);
                columns.text_ends.push(row.text_end);
                columns.texts.push(row.text);
                columns.reasons.push(row.reason);
            }
        }
        Ok(columns)
    }
}

/// The statement's text between its binds, of which each stands in it once and in order.
const STATEMENT: &str = include_str!("append.sql");

impl QueryFragment<Pg> for Batch {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut pieces = STATEMENT.split('$');
        out.push_sql(pieces.next().unwrap_or_default());
        let mut text = || {
            pieces.next().map_or("", |piece| {
                piece.trim_start_matches(|c: char| c.is_ascii_digit())
            })
        };
        out.push_bind_param::<Array<SqlUuid>, _>(&self.reply_ids)?;
        out.push_sql(text());
        out.push_bind_param::<Array<SqlUuid>, _>(&self.owners)?;
        out.push_sql(text());
        out.push_bind_param::<Array<Integer>, _>(&self.epochs)?;
        out.push_sql(text());
        out.push_bind_param::<Array<BigInt>, _>(&self.firsts)?;
        out.push_sql(text());
        out.push_bind_param::<Array<BigInt>, _>(&self.lasts)?;
        out.push_sql(text());
        out.push_bind_param::<Array<BigInt>, _>(&self.places)?;
        out.push_sql(text());
        out.push_bind_param::<Array<BigInt>, _>(&self.sequences)?;
        out.push_sql(text());
        out.push_bind_param::<Array<Integer>, _>(&self.attempts)?;
        out.push_sql(text());
        out.push_bind_param::<Array<Text>, _>(&self.kinds)?;
        out.push_sql(text());
        out.push_bind_param::<Array<BigInt>, _>(&self.text_ends)?;
        out.push_sql(text());
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.texts)?;
        out.push_sql(text());
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.reasons)?;
        out.push_sql(text());
        out.push_bind_param::<Text, _>(CHANNEL)?;
        out.push_sql(text());
        out.push_bind_param::<Text, _>(&self.instance)?;
        out.push_sql(text());
        out.push_bind_param::<BigInt, _>(&self.rings_per_notification)?;
        out.push_sql(text());
        Ok(())
    }
}

impl QueryId for Batch {
    type QueryId = Self;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Batch {
    type SqlType = (BigInt, Bool);
}
