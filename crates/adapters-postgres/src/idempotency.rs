use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::dsl::auto_type;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::idempotency::IdempotencyRecord;
use domain::ids::{MessageId, TicketId};
use domain::message::{Message, NewMessage};
use domain::ports::{AppendMessageError, IdempotencyStore, KeyedWrite, RepositoryError, UsedKey};
use domain::stream_token::TokenDigest;
use domain::ticket::Ticket;
use futures_util::FutureExt as _;
use uuid::Uuid;

use crate::bell::Rings;
use crate::columns::parsed;
use crate::database::PgDatabase;
use crate::error::StoreError;
use crate::schema::idempotency_keys;
use crate::{messages, tickets};

/// Keyed writes to a [`PgDatabase`].
#[derive(Clone, Debug)]
pub struct PgIdempotencyStore {
    database: PgDatabase,
}

impl PgIdempotencyStore {
    /// Writes to this database.
    pub fn new(database: PgDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl IdempotencyStore for PgIdempotencyStore {
    async fn insert_ticket(
        &self,
        record: &IdempotencyRecord,
        ticket: &Ticket,
    ) -> Result<KeyedWrite<(), TicketId>, RepositoryError> {
        self.database
            .write(
                (record.clone(), ticket.clone()),
                |connection, (record, ticket), _| {
                    async move {
                        let made = ticket.id.as_uuid();
                        if let Some(known) = claim(connection, record, made).await? {
                            return Ok(known.answer(record, TicketId::from_uuid));
                        }
                        tickets::insert(connection, ticket).await?;
                        Ok(KeyedWrite::Done(()))
                    }
                    .boxed()
                },
            )
            .await
    }

    async fn append_message(
        &self,
        record: &IdempotencyRecord,
        message: NewMessage,
    ) -> Result<KeyedWrite<Message, MessageId>, AppendMessageError> {
        self.database
            .write(
                (record.clone(), message),
                |connection, (record, message), rings| {
                    append(connection, record, message, rings).boxed()
                },
            )
            .await?
    }

    async fn remove_expired(&self, at: DateTime<Utc>, max: u32) -> Result<u64, RepositoryError> {
        let removed = self
            .database
            .write((at, max), |mut connection, &(at, max), _| {
                async move {
                    let expired: Vec<(Uuid, String)> = expired(oldest(at), max.into())
                        .load(&mut connection)
                        .await?;
                    for (user_id, key) in &expired {
                        diesel::delete(idempotency_keys::table.find((user_id, key)))
                            .execute(&mut connection)
                            .await?;
                    }
                    Ok(expired.len())
                }
                .boxed()
            })
            .await?;
        Ok(u64::try_from(removed).unwrap_or(u64::MAX))
    }
}

/// Records from then on and before are forgotten.
fn oldest(at: DateTime<Utc>) -> DateTime<Utc> {
    at - IdempotencyRecord::LIFETIME
}

/// Some records that are forgotten. Those that somebody is at right now are left out.
#[auto_type(no_type_alias)]
pub(crate) fn expired(oldest: DateTime<Utc>, max: i64) -> _ {
    idempotency_keys::table
        .filter(idempotency_keys::created_at.le(oldest))
        .order(idempotency_keys::created_at)
        .limit(max)
        .select((idempotency_keys::user_id, idempotency_keys::key))
        .for_update()
        .skip_locked()
}

async fn append(
    mut connection: &AsyncPgConnection,
    record: &IdempotencyRecord,
    message: &NewMessage,
    rings: &mut Rings,
) -> Result<Result<KeyedWrite<Message, MessageId>, AppendMessageError>, StoreError> {
    let made = message.id.as_uuid();
    if let Some(known) = claim(connection, record, made).await? {
        return Ok(Ok(known.answer(record, MessageId::from_uuid)));
    }
    match messages::append(connection, message, rings).await? {
        Ok(message) => Ok(Ok(KeyedWrite::Done(message))),
        Err(refusal) => {
            let key = (record.user_id.as_uuid(), record.key.as_str());
            diesel::delete(idempotency_keys::table.find(key))
                .execute(&mut connection)
                .await?;
            Ok(Err(refusal))
        }
    }
}

/// Takes the key, unless it was used before. Whoever wants it meanwhile waits for the end of this
/// transaction.
async fn claim(
    mut connection: &AsyncPgConnection,
    record: &IdempotencyRecord,
    made: Uuid,
) -> Result<Option<UsedKey>, StoreError> {
    let key = idempotency_keys::table.find((record.user_id.as_uuid(), record.key.as_str()));
    let expired = key.filter(idempotency_keys::created_at.le(oldest(record.created_at)));
    diesel::delete(expired).execute(&mut connection).await?;
    let claimed = diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::user_id.eq(record.user_id.as_uuid()),
            idempotency_keys::key.eq(record.key.as_str()),
            idempotency_keys::fingerprint.eq(record.fingerprint.as_bytes().as_slice()),
            idempotency_keys::made.eq(made),
            idempotency_keys::created_at.eq(record.created_at),
        ))
        .on_conflict_do_nothing()
        .execute(&mut connection)
        .await?;
    if claimed == 1 {
        return Ok(None);
    }
    let (fingerprint, made, at): (Vec<u8>, Uuid, DateTime<Utc>) = key
        .select((
            idempotency_keys::fingerprint,
            idempotency_keys::made,
            idempotency_keys::created_at,
        ))
        .first(&mut connection)
        .await?;
    let fingerprint = parsed(
        "idempotency_keys.fingerprint",
        fingerprint.as_slice().try_into(),
    )?;
    Ok(Some(UsedKey {
        fingerprint: TokenDigest::from_bytes(fingerprint),
        made,
        at,
    }))
}
