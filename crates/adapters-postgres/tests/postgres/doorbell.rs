use std::time::Duration;

use adapters_postgres::{PgReplyEventLog, PgTicketRepository};
use chrono::DateTime;
use domain::ports::{
    AppendOutcome, Appending, Doorbell, ReplyEventLog as _, Ring, TicketRepository as _,
};
use domain::ticket::TicketChange;
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::time::timeout;

use crate::Scratch;
use crate::fixtures::{client, delta, running_in};

pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn another_process_hears_of_appends_and_cancellations() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let here = scratch.migrated().await;
    let there = scratch.open();
    let (ticket, lease) = running_in(&here, 1).await;
    let log = PgReplyEventLog::new(here.clone());
    let mut own_bell = log.doorbell();
    let others_log = PgReplyEventLog::new(there);
    let mut others_bell = others_log.doorbell();
    listening(&scratch, 2).await;

    let batch = [Appending {
        lease,
        events: vec![delta(1, "Hello")],
    }];
    assert_eq!(
        log.append(&batch).await.expect("answered"),
        [AppendOutcome::Appended]
    );
    let ring = |last_sequence| Ring {
        reply_id: lease.reply_id,
        last_sequence,
    };
    assert_eq!(next(&mut others_bell).await, ring(1));

    let tickets = PgTicketRepository::new(here);
    let change = TicketChange::HandOff { by: ticket.user_id };
    let changed = tickets.change(ticket.id, change, DateTime::UNIX_EPOCH);
    changed.await.expect("changed");
    assert_eq!(next(&mut others_bell).await, ring(3));
    // Its own append it did not hear of, nor twice of the cancellation.
    assert_eq!(next(&mut own_bell).await, ring(3));
    assert_eq!(own_bell.next().now_or_never(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bell_whose_connection_was_lost_rings_again() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let here = scratch.migrated().await;
    let (_, lease) = running_in(&here, 1).await;
    let others_log = PgReplyEventLog::new(scratch.open());
    let mut heard = others_log.doorbell();
    listening(&scratch, 1).await;
    let client = client(scratch.url()).await;
    let killed = client.batch_execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    killed.await.expect("killed");
    let log = PgReplyEventLog::new(here);
    let mut sequence = 0;
    let ringing = async {
        loop {
            sequence += 1;
            let batch = [Appending {
                lease,
                events: vec![delta(sequence, "x")],
            }];
            let outcomes = log.append(&batch).await;
            // The first may find its connection dead.
            if outcomes.is_err() {
                sequence -= 1;
            }
            let ring = timeout(Duration::from_millis(20), heard.next()).await;
            if ring.is_ok() {
                return;
            }
        }
    };
    timeout(DEADLINE, ringing).await.expect("it rings again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_hundreds_of_replies_is_announced_whole() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let here = scratch.migrated().await;
    let mut batch = Vec::new();
    for number in 1..=300 {
        let (_, lease) = running_in(&here, number).await;
        batch.push(Appending {
            lease,
            events: vec![delta(1, "Hello")],
        });
    }
    let others_log = PgReplyEventLog::new(scratch.open());
    let mut heard = others_log.doorbell();
    listening(&scratch, 1).await;
    let outcomes = PgReplyEventLog::new(here).append(&batch).await;
    assert_eq!(
        outcomes.expect("answered"),
        vec![AppendOutcome::Appended; 300]
    );
    let mut missing: Vec<_> = batch.iter().map(|part| part.lease.reply_id).collect();
    while !missing.is_empty() {
        let ring = next(&mut heard).await;
        missing.retain(|reply| *reply != ring.reply_id);
    }
}

pub(crate) async fn next(doorbell: &mut Doorbell) -> Ring {
    let ring = timeout(DEADLINE, doorbell.next()).await;
    ring.expect("it rings in time").expect("it never ends")
}

/// Waits until so many connections listen.
pub(crate) async fn listening(scratch: &Scratch, count: i64) {
    let client = client(scratch.url()).await;
    let all_listen = async {
        loop {
            let row = client.query_one(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                 AND state = 'idle' AND query = 'LISTEN reply_rings'",
                &[],
            );
            let listeners: i64 = row.await.expect("counted").get(0);
            if listeners >= count {
                return;
            }
        }
    };
    timeout(DEADLINE, all_listen).await.expect("they listen");
}
