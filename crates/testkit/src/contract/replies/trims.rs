//! How the events of replies that ended long ago are removed.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{ReplyId, TicketId};
use domain::message::Message;
use domain::ports::{ClaimRequest, Finished, RetryRule};
use domain::reply::{CancelledBy, EventKind, LoggedEvent, Reply, RestartReason};
use domain::ticket::Ticket;
use tokio::task::JoinSet;

use super::fixtures::{COMPLETED, FAILED, beginning, conclusion, request, within_deadline};
use crate::contract::ReplyStores;
use crate::contract::fixtures::at;

pub async fn a_trimmed_reply_loses_its_events_but_not_its_row(stores: ReplyStores) {
    let mut ended = Vec::new();
    for verdict in [COMPLETED, FAILED] {
        let (ticket, lease, reply) = stores.running().await;
        stores.say(lease, &reply, &["Hel", "lö"]).await;
        ended.push((ticket.id, stores.done(lease, verdict).await));
    }
    let (ticket, lease, reply) = stores.running().await;
    stores.say(lease, &reply, &["Hel", "lö"]).await;
    let stopped = stores.stop(ticket.id, CancelledBy::Customer).await;
    ended.push((ticket.id, stopped.expect("a reply")));

    let messages = stores.messages_of(&ended).await;
    assert_eq!(stores.trim(long_after(), 100).await, 3);
    for (_, reply) in &ended {
        assert_eq!(stores.log(reply.id).await, []);
        assert_eq!(stores.found(reply.id).await, *reply);
        assert_eq!(reply.text, "Hellö");
    }
    assert_eq!(stores.messages_of(&ended).await, messages);
}

pub async fn the_log_of_a_running_reply_is_not_trimmed(stores: ReplyStores) {
    let (_, lease, streaming) = stores.running().await;
    stores.say(lease, &streaming, &["Hel", "lö"]).await;
    let (_, lease, queued) = stores.running().await;
    stores.say(lease, &queued, &["Hel", "lö"]).await;
    stores.hand_over(&[lease]).await;
    assert_eq!(stores.trim(long_after(), 100).await, 0);
    for reply in [streaming, queued] {
        assert_eq!(stores.log(reply.id).await.len(), 3);
    }
}

pub async fn a_reply_that_ended_later_is_not_trimmed(stores: ReplyStores) {
    let ended = stores.failed().await;
    let ended_at = ended.ended_at.expect("an end");
    let microsecond = TimeDelta::microseconds(1);
    for (ended_before, trimmed) in [
        (ended_at - TimeDelta::days(1), 0),
        (ended_at, 0),
        (ended_at + microsecond, 1),
        (ended_at + microsecond, 0),
    ] {
        let events = stores.log(ended.id).await.len();
        assert_eq!(stores.trim(ended_before, 100).await, trimmed);
        let left = if trimmed == 0 { events } else { 0 };
        assert_eq!(stores.log(ended.id).await.len(), left);
    }
}

pub async fn a_trim_takes_as_many_as_it_asks_for(stores: ReplyStores) {
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(stores.failed().await.id);
    }
    for (max, trimmed, left) in [(0, 0, 3), (2, 2, 1), (2, 1, 0), (2, 0, 0)] {
        assert_eq!(stores.trim(long_after(), max).await, trimmed);
        assert_eq!(stores.logged(&ids).await, left);
    }
}

pub async fn of_many_trims_at_once_each_reply_is_counted_once(stores: ReplyStores) {
    let mut ids = Vec::new();
    for _ in 0..12 {
        ids.push(stores.failed().await.id);
    }
    let mut trims = JoinSet::new();
    for _ in 0..8 {
        let events = Arc::clone(&stores.events);
        trims.spawn(within_deadline(async move {
            let mut trimmed = 0;
            loop {
                let more = events.trim(long_after(), 2).await.expect("answered");
                trimmed += more;
                if more == 0 {
                    return trimmed;
                }
            }
        }));
    }
    let trimmed: u64 = trims.join_all().await.into_iter().sum();
    // A trim that met another at work may leave the rest to it.
    let trimmed = trimmed + stores.trim(long_after(), 100).await;
    assert_eq!(trimmed, 12);
    assert_eq!(stores.logged(&ids).await, 0);
}

pub async fn a_trimmed_reply_that_is_retried_logs_on(stores: ReplyStores) {
    for demanded in [false, true] {
        let (ticket, lease, reply) = stores.running().await;
        stores.say(lease, &reply, &["Hel", "lö"]).await;
        if demanded {
            stores.stop(ticket.id, CancelledBy::Customer).await;
        } else {
            stores.done(lease, FAILED).await;
        }
        assert_eq!(stores.trim(long_after(), 100).await, 1);

        let (lease, retried) = stores.granted(retry(&ticket, demanded)).await;
        assert_eq!((retried.attempt, retried.last_sequence), (2, 4));
        let restarted = LoggedEvent {
            position: beginning(&retried),
            kind: EventKind::Restarted(RestartReason::Retry),
        };
        assert_eq!(stores.log(reply.id).await, [restarted]);
        assert_eq!(stores.trim(long_after(), 100).await, 0);
        stores.say(lease, &retried, &["Good ", "morning"]).await;
        assert_eq!(stores.trim(long_after(), 100).await, 0);
        let done = stores.done(lease, COMPLETED).await;
        assert_eq!(
            (done.last_sequence, done.text.as_str()),
            (7, "Good morning")
        );
        assert_eq!(stores.log(reply.id).await.len(), 4);

        assert_eq!(stores.trim(long_after(), 100).await, 1);
        assert_eq!(stores.log(reply.id).await, []);
        assert_eq!(stores.found(reply.id).await, done);
    }
}

pub async fn finishing_again_after_a_trim_is_done_again(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    stores.say(lease, &reply, &["Hel", "lö"]).await;
    let conclusion = conclusion(COMPLETED);
    let first = stores.finish(lease, &conclusion).await;
    assert!(matches!(first, Finished::Done(_)));
    assert_eq!(stores.trim(long_after(), 100).await, 1);
    assert_eq!(stores.finish(lease, &conclusion).await, first);
    assert_eq!(stores.log(reply.id).await, []);
    assert_eq!(stores.around.all_messages(ticket.id).await.len(), 1);
}

fn retry(ticket: &Ticket, demanded: bool) -> ClaimRequest {
    ClaimRequest {
        retry: if demanded {
            RetryRule::Demanded
        } else {
            RetryRule::Automatic
        },
        ..request(ticket.id)
    }
}

fn long_after() -> DateTime<Utc> {
    at(0) + TimeDelta::days(1)
}

impl ReplyStores {
    async fn failed(&self) -> Reply {
        let (_, lease, _) = self.running().await;
        self.done(lease, FAILED).await
    }

    /// How many of these replies have a log.
    async fn logged(&self, ids: &[ReplyId]) -> usize {
        let mut logged = 0;
        for id in ids {
            logged += usize::from(!self.log(*id).await.is_empty());
        }
        logged
    }

    async fn messages_of(&self, replies: &[(TicketId, Reply)]) -> Vec<Message> {
        let mut messages = Vec::new();
        for (ticket_id, _) in replies {
            messages.extend(self.around.all_messages(*ticket_id).await);
        }
        messages
    }
}
