//! The contract of [`IdempotencyStore`](domain::ports::IdempotencyStore).

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::idempotency::{IdempotencyKey, IdempotencyRecord};
use domain::ids::{MessageId, TicketId, UserId};
use domain::message::{Author, Message, NewMessage};
use domain::ports::{AppendMessageError, KeyedWrite, RepositoryError};
use domain::ticket::{
    ExpectedVersion, Ticket, TicketChange, TicketRefusal, TicketStatus, TicketUpdate,
};
use domain::user::{Actor, Role};
use tokio::task::JoinSet;

use super::IdempotencyStores;
use super::fixtures::{MANY, at, digest, note, open_ticket, public, uuid};

/// One test for each promise of `IdempotencyStore`, over an expression that gives fresh
/// [`IdempotencyStores`].
#[macro_export]
macro_rules! idempotency_store_contract {
    ($stores:expr) => {
        $crate::contract_cases!(
            idempotency,
            $stores,
            [
                a_keyed_ticket_is_stored_once,
                a_keyed_message_is_stored_once,
                a_key_that_was_used_for_another_request_does_nothing,
                keys_of_different_people_have_nothing_to_do_with_each_other,
                keys_differ_by_every_character,
                a_write_that_fails_leaves_no_key_behind,
                a_message_that_is_refused_leaves_no_key_behind,
                a_repetition_is_known_when_the_ticket_takes_no_message_any_more,
                of_many_tickets_with_one_key_at_once_one_is_stored,
                of_many_messages_with_one_key_at_once_one_is_stored,
                a_key_is_forgotten_after_a_day,
                old_keys_are_removed_in_batches,
            ]
        );
    };
}

pub async fn a_keyed_ticket_is_stored_once(stores: IdempotencyStores) {
    let user = stores.around.user(Role::User).await;
    let record = record(user, "key");
    let ticket = open_ticket(user);
    assert_eq!(
        stores.inserted(&record, &ticket).await,
        KeyedWrite::Done(())
    );
    assert_eq!(stores.around.found(ticket.id).await, ticket);

    let again = open_ticket(user);
    let later = IdempotencyRecord {
        created_at: at(9),
        ..record.clone()
    };
    let repeated = KeyedWrite::Repeated(ticket.id, record.created_at);
    assert_eq!(stores.inserted(&later, &again).await, repeated);
    assert!(!stores.exists(again.id).await);
}

pub async fn a_keyed_message_is_stored_once(stores: IdempotencyStores) {
    let ticket = stores.around.ticket().await;
    let record = record(ticket.user_id, "key");
    let first = question(&ticket, "Where is it?");
    let KeyedWrite::Done(message) = stores.appended(&record, first).await else {
        panic!("not stored");
    };
    let version = stores.around.found(ticket.id).await.version;
    let again = stores.appended(&record, question(&ticket, "Where is it?"));
    let repeated = KeyedWrite::Repeated(message.id, record.created_at);
    assert_eq!(again.await, repeated);
    assert_eq!(stores.around.all_messages(ticket.id).await, [message]);
    assert_eq!(stores.around.found(ticket.id).await.version, version);
}

pub async fn a_key_that_was_used_for_another_request_does_nothing(stores: IdempotencyStores) {
    let ticket = stores.around.ticket().await;
    let user = ticket.user_id;
    let used = record(user, "key");
    stores.inserted(&used, &open_ticket(user)).await;
    let other = IdempotencyRecord {
        fingerprint: digest(),
        ..used
    };
    let refused = open_ticket(user);
    assert_eq!(
        stores.inserted(&other, &refused).await,
        KeyedWrite::KeyReused
    );
    assert!(!stores.exists(refused.id).await);
    let message = question(&ticket, "Where is it?");
    assert_eq!(
        stores.appended(&other, message).await,
        KeyedWrite::KeyReused
    );
    assert_eq!(stores.around.all_messages(ticket.id).await, []);
}

pub async fn keys_of_different_people_have_nothing_to_do_with_each_other(
    stores: IdempotencyStores,
) {
    let fingerprint = digest();
    for _ in 0..2 {
        let user = stores.around.user(Role::User).await;
        let record = IdempotencyRecord {
            fingerprint,
            ..record(user, "key")
        };
        let stored = stores.inserted(&record, &open_ticket(user)).await;
        assert_eq!(stored, KeyedWrite::Done(()));
    }
}

pub async fn keys_differ_by_every_character(stores: IdempotencyStores) {
    let user = stores.around.user(Role::User).await;
    let longest = "k".repeat(255);
    for key in [
        "key", "KEY", "key ", " key", "\"key\"", "k%y", "k_y", &longest,
    ] {
        let stored = stores
            .inserted(&record(user, key), &open_ticket(user))
            .await;
        assert_eq!(stored, KeyedWrite::Done(()), "{key}");
    }
}

pub async fn a_write_that_fails_leaves_no_key_behind(stores: IdempotencyStores) {
    let ticket = stores.around.ticket().await;
    let record = record(ticket.user_id, "key");
    let conflict = stores.keyed.insert_ticket(&record, &ticket).await;
    assert!(matches!(conflict, Err(RepositoryError::Conflict)));
    let next = stores.inserted(&record, &open_ticket(ticket.user_id)).await;
    assert_eq!(next, KeyedWrite::Done(()));
}

pub async fn a_message_that_is_refused_leaves_no_key_behind(stores: IdempotencyStores) {
    let ticket = stores.around.ticket().await;
    stores.close(&ticket).await;
    let record = record(ticket.user_id, "key");
    let refused = stores
        .keyed
        .append_message(&record, question(&ticket, "Where is it?"))
        .await;
    assert!(matches!(
        refused,
        Err(AppendMessageError::Refused(TicketRefusal::Closed))
    ));
    let mut nowhere = question(&ticket, "Where is it?");
    nowhere.ticket_id = TicketId::from_uuid(uuid());
    let refused = stores.keyed.append_message(&record, nowhere).await;
    assert!(matches!(refused, Err(AppendMessageError::NotFound)));
    // A note is taken, under the key that is still free.
    let agent = stores.around.user(Role::Agent).await;
    let note = note(&ticket, agent, "Closed too early");
    let taken = stores.appended(&record, note).await;
    assert!(matches!(taken, KeyedWrite::Done(_)));
}

pub async fn a_repetition_is_known_when_the_ticket_takes_no_message_any_more(
    stores: IdempotencyStores,
) {
    let ticket = stores.around.ticket().await;
    let record = record(ticket.user_id, "key");
    let first = question(&ticket, "Where is it?");
    let id = first.id;
    stores.appended(&record, first).await;
    stores.close(&ticket).await;
    let again = stores.appended(&record, question(&ticket, "Where is it?"));
    assert_eq!(again.await, KeyedWrite::Repeated(id, record.created_at));
}

pub async fn of_many_tickets_with_one_key_at_once_one_is_stored(stores: IdempotencyStores) {
    let user = stores.around.user(Role::User).await;
    let record = record(user, "key");
    let mut writes = JoinSet::new();
    for _ in 0..MANY {
        let (keyed, record) = (Arc::clone(&stores.keyed), record.clone());
        let ticket = open_ticket(user);
        writes.spawn(async move {
            let outcome = keyed.insert_ticket(&record, &ticket).await;
            (ticket.id, outcome.expect("answered"))
        });
    }
    let outcomes = writes.join_all().await;
    let done = outcomes
        .iter()
        .filter(|(_, outcome)| *outcome == KeyedWrite::Done(()));
    let done: Vec<TicketId> = done.map(|(id, _)| *id).collect();
    assert_eq!(done.len(), 1);
    for (id, outcome) in outcomes {
        assert_eq!(stores.exists(id).await, done.contains(&id));
        if !done.contains(&id) {
            let repeated = KeyedWrite::Repeated(done[0], record.created_at);
            assert_eq!(outcome, repeated);
        }
    }
}

pub async fn of_many_messages_with_one_key_at_once_one_is_stored(stores: IdempotencyStores) {
    let ticket = stores.around.ticket().await;
    let record = record(ticket.user_id, "key");
    let mut writes = JoinSet::new();
    for _ in 0..MANY {
        let (keyed, record) = (Arc::clone(&stores.keyed), record.clone());
        let message = question(&ticket, "Where is it?");
        writes.spawn(async move {
            let outcome = keyed.append_message(&record, message).await;
            outcome.expect("answered")
        });
    }
    let messages = stored_by(writes.join_all().await);
    let kept = stores.around.all_messages(ticket.id).await;
    assert_eq!(
        messages,
        kept.iter().map(|message| message.id).collect::<Vec<_>>()
    );
    assert_eq!(kept.len(), 1);
}

pub async fn a_key_is_forgotten_after_a_day(stores: IdempotencyStores) {
    let user = stores.around.user(Role::User).await;
    let first = record(user, "key");
    stores.inserted(&first, &open_ticket(user)).await;
    let day = TimeDelta::hours(24);
    for (micros, known) in [(-1, true), (0, false)] {
        let later = IdempotencyRecord {
            created_at: first.created_at + day + TimeDelta::microseconds(micros),
            fingerprint: digest(),
            ..first.clone()
        };
        let outcome = stores.inserted(&later, &open_ticket(user)).await;
        assert_eq!(outcome == KeyedWrite::KeyReused, known, "{micros}");
    }
}

pub async fn old_keys_are_removed_in_batches(stores: IdempotencyStores) {
    let user = stores.around.user(Role::User).await;
    for number in 0..5 {
        let record = record(user, &number.to_string());
        stores.inserted(&record, &open_ticket(user)).await;
    }
    let day_after = at(0) + TimeDelta::hours(24);
    let kept = IdempotencyRecord {
        created_at: at(1),
        ..record(user, "kept")
    };
    let ticket = open_ticket(user);
    stores.inserted(&kept, &ticket).await;
    let mut removed = Vec::new();
    for _ in 0..3 {
        removed.push(stores.removed(day_after, 3).await);
    }
    assert_eq!(removed, [3, 2, 0]);
    let again = stores.inserted(&kept, &open_ticket(user)).await;
    assert_eq!(again, KeyedWrite::Repeated(ticket.id, kept.created_at));
}

fn record(user_id: UserId, key: &str) -> IdempotencyRecord {
    IdempotencyRecord {
        user_id,
        key: IdempotencyKey::parse(key).expect("a key"),
        fingerprint: digest(),
        created_at: at(0),
    }
}

fn question(ticket: &Ticket, text: &str) -> NewMessage {
    public(ticket, Author::Customer(ticket.user_id), text)
}

/// The messages that these writes stored.
fn stored_by(outcomes: Vec<KeyedWrite<Message, MessageId>>) -> Vec<MessageId> {
    let mut stored = Vec::new();
    for outcome in outcomes {
        match outcome {
            KeyedWrite::Done(message) => stored.push(message.id),
            KeyedWrite::Repeated(..) => {}
            KeyedWrite::KeyReused => panic!("taken for another request"),
        }
    }
    stored
}

impl IdempotencyStores {
    async fn inserted(
        &self,
        record: &IdempotencyRecord,
        ticket: &Ticket,
    ) -> KeyedWrite<(), TicketId> {
        let outcome = self.keyed.insert_ticket(record, ticket).await;
        outcome.expect("answered")
    }

    async fn appended(
        &self,
        record: &IdempotencyRecord,
        message: NewMessage,
    ) -> KeyedWrite<Message, MessageId> {
        let outcome = self.keyed.append_message(record, message).await;
        outcome.expect("answered")
    }

    async fn exists(&self, id: TicketId) -> bool {
        let found = self.around.tickets.find(id).await;
        found.expect("read").is_some()
    }

    async fn close(&self, ticket: &Ticket) {
        let agent = Actor {
            id: self.around.user(Role::Agent).await,
            role: Role::Agent,
        };
        let change = TicketChange::Update {
            by: agent,
            update: TicketUpdate {
                status: Some(TicketStatus::Closed),
                ..TicketUpdate::default()
            },
            expected: ExpectedVersion::Any,
        };
        let closed = self.around.tickets.change(ticket.id, change, at(8)).await;
        closed.expect("closed");
    }

    async fn removed(&self, now: DateTime<Utc>, max: u32) -> u64 {
        let removed = self.keyed.remove_expired(now, max).await;
        removed.expect("removed")
    }
}
