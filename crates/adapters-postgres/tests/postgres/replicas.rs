//! What several processes do with each other's replies.

use std::time::Duration;

use adapters_postgres::{PgDatabase, PgReplyEventLog, PgReplyStore};
use chrono::{DateTime, TimeDelta};
use domain::ids::{OwnerId, TicketId};
use domain::ports::{
    Appending, ReplyEventLog as _, ReplyStore as _, Ring, Takeover, TakeoverRequest,
};
use domain::reply::{CancelledBy, Lease};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::Scratch;
use crate::doorbell::{listening, next};
use crate::fixtures::{delta, running_in};

fn takeover(number: u128) -> TakeoverRequest {
    TakeoverRequest {
        owner: OwnerId::from_uuid(Uuid::from_u128(number)),
        lease: Duration::from_mins(1),
        model: "openai/gpt-oss-20b".to_owned(),
        max: 10,
        at: DateTime::UNIX_EPOCH,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_process_hands_over_another_hears_of_and_takes_at_once() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let here = scratch.migrated().await;
    let there = scratch.open();
    let (_, lease) = running_in(&here, 1).await;
    let mut bell = PgReplyEventLog::new(there.clone()).doorbell();
    listening(&scratch, 1).await;

    let handed_over = PgReplyStore::new(here).hand_over(&[lease]).await;
    handed_over.expect("answered");
    let ring = Ring {
        reply_id: lease.reply_id,
        last_sequence: 0,
    };
    assert_eq!(next(&mut bell).await, ring);
    let taken = PgReplyStore::new(there)
        .take_over_expired(takeover(9))
        .await;
    let taken = taken.expect("answered");
    let [Takeover::Restarted(taken, reply)] = taken.as_slice() else {
        panic!("not taken over: {taken:?}");
    };
    assert_eq!(taken.epoch, lease.epoch + 1);
    assert_eq!((reply.attempt, reply.handovers), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_trims_by_two_processes_each_reply_is_trimmed_by_one() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let processes = [scratch.migrated().await, scratch.open()];
    for number in 1..=20 {
        let (ticket, _) = running_in(&processes[0], number).await;
        cancel(&processes[0], ticket.id).await;
    }
    let logs = processes.map(PgReplyEventLog::new);
    let due = DateTime::UNIX_EPOCH + TimeDelta::seconds(1);
    let mut trimmed = 0;
    loop {
        let (one, other) = tokio::join!(logs[0].trim(due, 3), logs[1].trim(due, 3));
        match one.expect("answered") + other.expect("answered") {
            0 => break,
            more => trimmed += more,
        }
    }
    assert_eq!(trimmed, 20);
}

/// Each in an order of its own.
#[tokio::test(flavor = "multi_thread")]
async fn processes_that_change_the_same_replies_at_once_do_not_block_each_other() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let processes = [scratch.migrated().await, scratch.open()];
    for round in 0..10 {
        let (mut leases, mut tickets) = (Vec::new(), Vec::new());
        for number in 1..=10 {
            let (ticket, lease) = running_in(&processes[0], 100 * round + number).await;
            leases.push(lease);
            tickets.push(ticket.id);
        }
        let mut work = JoinSet::new();
        for database in &processes {
            work.spawn(hand_over(database.clone(), leases.clone()));
            leases.reverse();
            work.spawn(append(database.clone(), leases.clone()));
            work.spawn(renew(database.clone(), leases.clone()));
            work.spawn(take_over(database.clone()));
            tickets.reverse();
            work.spawn(cancel_all(database.clone(), tickets.clone()));
            work.spawn(trim(database.clone()));
        }
        work.join_all().await;
    }
}

async fn hand_over(database: PgDatabase, leases: Vec<Lease>) {
    let handed_over = PgReplyStore::new(database).hand_over(&leases).await;
    handed_over.expect("answered");
}

async fn append(database: PgDatabase, leases: Vec<Lease>) {
    let batch: Vec<_> = leases
        .into_iter()
        .map(|lease| Appending {
            lease,
            events: vec![delta(1, "Hello")],
        })
        .collect();
    let appended = PgReplyEventLog::new(database).append(&batch).await;
    appended.expect("answered");
}

async fn renew(database: PgDatabase, leases: Vec<Lease>) {
    let replies = PgReplyStore::new(database);
    let renewed = replies.renew(&leases, Duration::ZERO).await;
    renewed.expect("answered");
}

async fn take_over(database: PgDatabase) {
    let replies = PgReplyStore::new(database);
    let taken = replies.take_over_expired(takeover(9)).await;
    taken.expect("answered");
}

async fn cancel_all(database: PgDatabase, tickets: Vec<TicketId>) {
    for ticket in tickets {
        cancel(&database, ticket).await;
    }
}

async fn cancel(database: &PgDatabase, ticket: TicketId) {
    let replies = PgReplyStore::new(database.clone());
    let cancelled = replies.cancel(ticket, CancelledBy::Customer, DateTime::UNIX_EPOCH);
    let reply = cancelled.await.expect("answered").expect("a reply");
    assert!(reply.has_ended(), "{reply:?}");
}

async fn trim(database: PgDatabase) {
    let due = DateTime::UNIX_EPOCH + TimeDelta::seconds(1);
    let trimmed = PgReplyEventLog::new(database).trim(due, 5).await;
    trimmed.expect("answered");
}
