use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::idempotency::IdempotencyRecord;
use domain::ids::{MessageId, TicketId};
use domain::message::{Message, NewMessage};
use domain::ports::{AppendMessageError, IdempotencyStore, KeyedWrite, RepositoryError, UsedKey};
use domain::stream_token::TokenDigest;
use domain::ticket::Ticket;
use uuid::Uuid;

use crate::columns::{id, micros, parsed, time};
use crate::database::SqliteDatabase;
use crate::error::StoreError;
use crate::schema::idempotency_keys;
use crate::{messages, tickets};

/// Keyed writes to a [`SqliteDatabase`].
#[derive(Clone, Debug)]
pub struct SqliteIdempotencyStore {
    database: SqliteDatabase,
}

impl SqliteIdempotencyStore {
    /// Writes to this database.
    pub fn new(database: SqliteDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl IdempotencyStore for SqliteIdempotencyStore {
    async fn insert_ticket(
        &self,
        record: &IdempotencyRecord,
        ticket: &Ticket,
    ) -> Result<KeyedWrite<(), TicketId>, RepositoryError> {
        let (record, ticket) = (record.clone(), ticket.clone());
        self.database
            .write(move |connection| {
                if let Some(known) = find(connection, &record)? {
                    return Ok(known.answer(&record, TicketId::from_uuid));
                }
                tickets::insert(connection, &ticket)?;
                insert(connection, &record, ticket.id.as_uuid())?;
                Ok(KeyedWrite::Done(()))
            })
            .await
    }

    async fn append_message(
        &self,
        record: &IdempotencyRecord,
        message: NewMessage,
    ) -> Result<KeyedWrite<Message, MessageId>, AppendMessageError> {
        let record = record.clone();
        self.database
            .write_and_ring(move |connection, rings| {
                if let Some(known) = find(connection, &record)? {
                    return Ok(Ok(known.answer(&record, MessageId::from_uuid)));
                }
                let message = match messages::append(connection, message, rings)? {
                    Ok(message) => message,
                    Err(refusal) => return Ok(Err(refusal)),
                };
                insert(connection, &record, message.id.as_uuid())?;
                Ok(Ok(KeyedWrite::Done(message)))
            })
            .await?
    }

    async fn remove_expired(&self, at: DateTime<Utc>, max: u32) -> Result<u64, RepositoryError> {
        let removed = self
            .database
            .write(move |connection| {
                let expired: Vec<(String, String)> = idempotency_keys::table
                    .filter(idempotency_keys::created_at.le(oldest(at)))
                    .order(idempotency_keys::created_at)
                    .limit(max.into())
                    .select((idempotency_keys::user_id, idempotency_keys::key))
                    .load(connection)?;
                for key in &expired {
                    let (user_id, key) = key;
                    diesel::delete(idempotency_keys::table.find((user_id, key)))
                        .execute(connection)?;
                }
                Ok(expired.len())
            })
            .await?;
        Ok(u64::try_from(removed).unwrap_or(u64::MAX))
    }
}

/// Records from then on and before are forgotten.
fn oldest(at: DateTime<Utc>) -> i64 {
    micros(at - IdempotencyRecord::LIFETIME)
}

/// Nobody else writes meanwhile, so what is not found is free.
fn find(
    connection: &mut SqliteConnection,
    record: &IdempotencyRecord,
) -> Result<Option<UsedKey>, StoreError> {
    let user_id = record.user_id.to_string();
    let key = idempotency_keys::table.find((&user_id, record.key.as_str()));
    let expired = key.filter(idempotency_keys::created_at.le(oldest(record.created_at)));
    diesel::delete(expired).execute(connection)?;
    let row: Option<(Vec<u8>, String, i64)> = key
        .select((
            idempotency_keys::fingerprint,
            idempotency_keys::made,
            idempotency_keys::created_at,
        ))
        .first(connection)
        .optional()?;
    let Some((fingerprint, made, at)) = row else {
        return Ok(None);
    };
    let fingerprint = parsed(
        "idempotency_keys.fingerprint",
        fingerprint.as_slice().try_into(),
    )?;
    Ok(Some(UsedKey {
        fingerprint: TokenDigest::from_bytes(fingerprint),
        made: id("idempotency_keys.made", &made)?,
        at: time("idempotency_keys.created_at", at)?,
    }))
}

fn insert(
    connection: &mut SqliteConnection,
    record: &IdempotencyRecord,
    made: Uuid,
) -> QueryResult<usize> {
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::user_id.eq(record.user_id.to_string()),
            idempotency_keys::key.eq(record.key.as_str()),
            idempotency_keys::fingerprint.eq(record.fingerprint.as_bytes().as_slice()),
            idempotency_keys::made.eq(made.to_string()),
            idempotency_keys::created_at.eq(micros(record.created_at)),
        ))
        .execute(connection)
}
