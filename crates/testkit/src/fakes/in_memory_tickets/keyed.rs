use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::idempotency::IdempotencyRecord;
use domain::ids::{MessageId, TicketId};
use domain::message::{Message, NewMessage};
use domain::ports::{AppendMessageError, IdempotencyStore, KeyedWrite, RepositoryError, UsedKey};
use domain::ticket::Ticket;

use super::{InMemoryTickets, State, locked};

fn is_expired(record: &IdempotencyRecord, at: DateTime<Utc>) -> bool {
    record.created_at + IdempotencyRecord::LIFETIME <= at
}

impl State {
    /// What the record's key was used for before.
    fn known(&mut self, record: &IdempotencyRecord) -> Option<UsedKey> {
        let at = record.created_at;
        self.records.retain(|(known, _)| !is_expired(known, at));
        let same = |known: &IdempotencyRecord| {
            (known.user_id, &known.key) == (record.user_id, &record.key)
        };
        let (known, made) = self.records.iter().find(|(known, _)| same(known))?;
        Some(UsedKey {
            fingerprint: known.fingerprint,
            made: *made,
            at: known.created_at,
        })
    }
}

#[async_trait]
impl IdempotencyStore for InMemoryTickets {
    async fn insert_ticket(
        &self,
        record: &IdempotencyRecord,
        ticket: &Ticket,
    ) -> Result<KeyedWrite<(), TicketId>, RepositoryError> {
        self.outage.check()?;
        let mut state = locked(&self.state);
        if let Some(known) = state.known(record) {
            return Ok(known.answer(record, TicketId::from_uuid));
        }
        state.insert(ticket)?;
        state.records.push((record.clone(), ticket.id.as_uuid()));
        Ok(KeyedWrite::Done(()))
    }

    async fn append_message(
        &self,
        record: &IdempotencyRecord,
        message: NewMessage,
    ) -> Result<KeyedWrite<Message, MessageId>, AppendMessageError> {
        self.outage.check()?;
        let mut state = locked(&self.state);
        if let Some(known) = state.known(record) {
            return Ok(known.answer(record, MessageId::from_uuid));
        }
        let message = state.append(message)?;
        state.records.push((record.clone(), message.id.as_uuid()));
        Ok(KeyedWrite::Done(message))
    }

    async fn remove_expired(&self, at: DateTime<Utc>, max: u32) -> Result<u64, RepositoryError> {
        self.outage.check()?;
        let mut removed = 0;
        locked(&self.state).records.retain(|(record, _)| {
            let goes = is_expired(record, at) && removed < u64::from(max);
            removed += u64::from(goes);
            !goes
        });
        Ok(removed)
    }
}
