//! What stays true of a reply that several change at once.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use domain::ids::ReplyId;
use domain::ports::{AppendOutcome, ClaimRequest, Finished, RetryRule, Takeover, TakeoverRequest};
use domain::reply::{
    CancelledBy, Ending, EventKind, Lease, LoggedEvent, Reply, ReplyState, RestartReason,
};
use domain::ticket::Ticket;
use tokio::task::JoinSet;

use super::fixtures::{
    COMPLETED, FAILED, LONG, beginning, conclusion, deltas, request, takeover, within_deadline,
};
use crate::contract::ReplyStores;
use crate::contract::fixtures::at;

/// How often a race is run, since each run takes its own course.
const ROUNDS: usize = 6;

pub async fn of_ends_stops_and_hand_overs_at_once_one_ends_the_reply(stores: ReplyStores) {
    let stores = Arc::new(stores);
    for round in 0..ROUNDS {
        let (ticket, lease, reply) = stores.running().await;
        stores.say(lease, &reply, &["Hello"]).await;
        let conclusion = conclusion(COMPLETED);
        let mut changes = JoinSet::new();
        for number in round..round + 12 {
            let stores = Arc::clone(&stores);
            let conclusion = conclusion.clone();
            changes.spawn(async move {
                match number % 3 {
                    0 => return Some(stores.finish(lease, &conclusion).await),
                    1 => drop(stores.stop(ticket.id, CancelledBy::Agent).await),
                    _ => stores.hand_over(&[lease]).await,
                }
                None
            });
        }
        let finished: Vec<_> = changes.join_all().await.into_iter().flatten().collect();
        let ended = stores.whole(reply.id).await;
        let expected = match ended.state {
            ReplyState::Ended(Ending::Completed { .. }) => Finished::Done(Box::new(ended)),
            // A hand-over that came first left the reply to be stopped.
            ReplyState::Ended(Ending::Cancelled { .. }) => Finished::Fenced,
            other => panic!("it neither was answered nor stopped: {other:?}"),
        };
        assert!(finished.iter().all(|outcome| *outcome == expected));
        let answers = usize::from(expected != Finished::Fenced);
        let messages = stores.around.all_messages(ticket.id).await;
        assert_eq!(messages.len(), answers);
    }
}

pub async fn a_cancelled_text_is_what_was_appended(stores: ReplyStores) {
    for round in 0..ROUNDS {
        let (ticket, lease, reply) = stores.running().await;
        let cancellation = async {
            stores.has_logged(reply.id, round + 2).await;
            match round % 3 {
                0 => drop(stores.stop(ticket.id, CancelledBy::Customer).await),
                1 => drop(stores.around.ask(&ticket, "Never mind.").await),
                _ => stores.hand_off(&ticket, ticket.user_id).await,
            }
        };
        let writing = stores.write_until_fenced(lease, &reply);
        let (appended, ()) = tokio::join!(within_deadline(writing), cancellation);
        assert_eq!(stores.whole(reply.id).await.text, appended);
    }
}

pub async fn a_queued_log_is_what_was_appended(stores: ReplyStores) {
    for round in 0..ROUNDS {
        let (ticket, lease, reply) = stores.running().await;
        let handing_over = async {
            stores.has_logged(reply.id, round + 2).await;
            stores.hand_over(&[lease]).await;
        };
        let writing = stores.write_until_fenced(lease, &reply);
        let (appended, ()) = tokio::join!(within_deadline(writing), handing_over);
        assert_eq!(stores.whole(reply.id).await.state, ReplyState::Queued);
        let stopped = stores.stop(ticket.id, CancelledBy::Customer).await;
        assert_eq!(stopped.expect("a reply").text, appended);
    }
}

pub async fn each_reply_that_is_handed_over_is_taken_over_once(stores: ReplyStores) {
    const REPLIES: usize = 16;
    let stores = Arc::new(stores);
    let mut handing_over = JoinSet::new();
    for _ in 0..REPLIES {
        let (_, lease, _) = stores.running().await;
        let stores = Arc::clone(&stores);
        handing_over.spawn(async move { stores.hand_over(&[lease]).await });
    }
    let taken = Arc::new(AtomicUsize::new(0));
    let mut takers = JoinSet::new();
    for _ in 0..4 {
        let (stores, taken) = (Arc::clone(&stores), Arc::clone(&taken));
        takers.spawn(within_deadline(async move {
            let mut leases = Vec::new();
            while taken.load(Ordering::SeqCst) < REPLIES {
                let more = stores.restarted_of_many(3).await;
                taken.fetch_add(more.len(), Ordering::SeqCst);
                leases.extend(more);
            }
            leases
        }));
    }
    handing_over.join_all().await;
    let leases = takers.join_all().await.concat();
    let replies: HashSet<ReplyId> = leases.iter().map(|lease| lease.reply_id).collect();
    assert_eq!((leases.len(), replies.len()), (REPLIES, REPLIES));
    let renewed = stores.replies.renew(&leases, LONG).await;
    assert_eq!(renewed.expect("answered"), leases);
    for id in replies {
        let reply = stores.whole(id).await;
        assert_eq!((reply.attempt, reply.handovers), (2, 1));
    }
}

pub async fn trims_leave_the_logs_of_what_is_retried_at_once(stores: ReplyStores) {
    const WRITERS: usize = 6;
    let stores = Arc::new(stores);
    let mut writers = JoinSet::new();
    let written = Arc::new(AtomicUsize::new(0));
    for _ in 0..WRITERS {
        let (ticket, lease, _) = stores.running().await;
        stores.done(lease, FAILED).await;
        let (stores, written) = (Arc::clone(&stores), Arc::clone(&written));
        writers.spawn(async move {
            for _ in 0..ROUNDS {
                stores.retried_log_is_kept(&ticket).await;
            }
            written.fetch_add(1, Ordering::SeqCst);
        });
    }
    let mut trimmers = JoinSet::new();
    for _ in 0..2 {
        let (stores, written) = (Arc::clone(&stores), Arc::clone(&written));
        trimmers.spawn(within_deadline(async move {
            while written.load(Ordering::SeqCst) < WRITERS {
                stores.trim(at(0) + TimeDelta::days(1), 2).await;
            }
        }));
    }
    writers.join_all().await;
    trimmers.join_all().await;
}

impl ReplyStores {
    /// Appends word by word until nothing more is taken, and tells what was.
    async fn write_until_fenced(&self, lease: Lease, reply: &Reply) -> String {
        let mut text = String::new();
        let mut last = beginning(reply);
        loop {
            let word = format!("wörd {} ", last.sequence);
            let events = deltas(last, &[&word]);
            let next = events.last().map_or(last, |event| event.position);
            match self.append(lease, events).await {
                AppendOutcome::Appended => text.push_str(&word),
                AppendOutcome::Fenced => return text,
            }
            last = next;
        }
    }

    /// Waits until a reply's log has so many events.
    async fn has_logged(&self, id: ReplyId, events: usize) {
        within_deadline(async { while self.log(id).await.len() < events {} }).await;
    }

    async fn restarted_of_many(&self, max: u32) -> Vec<Lease> {
        let request = TakeoverRequest { max, ..takeover() };
        let takeovers = self.replies.take_over_expired(request).await;
        let restarted = takeovers
            .expect("answered")
            .into_iter()
            .map(|takeover| match takeover {
                Takeover::Restarted(lease, _) => lease,
                Takeover::Failed(reply) => panic!("it goes on: {reply:?}"),
            });
        restarted.collect()
    }

    /// Retries a failure, writes and fails again; meanwhile its log stays.
    async fn retried_log_is_kept(&self, ticket: &Ticket) {
        let demand = ClaimRequest {
            retry: RetryRule::Demanded,
            ..request(ticket.id)
        };
        let (lease, reply) = self.granted(demand).await;
        let restarted = LoggedEvent {
            position: beginning(&reply),
            kind: EventKind::Restarted(RestartReason::Retry),
        };
        let mut expected = vec![restarted];
        for word in ["Good ", "morning"] {
            let last = expected.last().map(|event| event.position);
            let events = deltas(last.expect("an event"), &[word]);
            let outcome = self.append(lease, events.clone()).await;
            assert_eq!(outcome, AppendOutcome::Appended);
            expected.extend(events);
            let before = Some(beginning(&reply).sequence - 1);
            let log = self.events.read(reply.id, before, 100).await;
            assert_eq!(log.expect("read"), expected);
        }
        let failed = self.done(lease, FAILED).await;
        assert_eq!(failed.text, "Good morning");
    }
}
