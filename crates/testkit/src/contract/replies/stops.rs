//! How somebody stops the reply to the newest question.

use std::sync::Arc;

use domain::ids::TicketId;
use domain::ports::{AppendOutcome, Finished};
use domain::reply::{
    CancelReason, CancelledBy, Ending, EventKind, IncompleteReason, LoggedEvent, Position, Reply,
    ReplyState, Verdict,
};
use domain::user::Role;
use tokio::task::JoinSet;

use super::fixtures::{COMPLETED, FAILED, LONG, conclusion, deltas, next_ring, request, takeover};
use crate::contract::ReplyStores;
use crate::contract::fixtures::{MANY, at, uuid};

pub async fn a_stopped_reply_keeps_the_text_logged_so_far(stores: ReplyStores) {
    for by in [
        CancelledBy::Customer,
        CancelledBy::Agent,
        CancelledBy::System,
    ] {
        let (ticket, lease, reply) = stores.running().await;
        stores.say(lease, &reply, &["Hel", "lö"]).await;
        let expected = Reply {
            state: ReplyState::Ended(Ending::Cancelled {
                reason: CancelReason::User,
                by,
            }),
            last_sequence: 3,
            text: "Hellö".to_owned(),
            ended_at: Some(at(260)),
            tenure: None,
            ..reply
        };
        let stopped = stores.stop(ticket.id, by).await;
        assert_eq!(stopped.as_ref(), Some(&expected));
        assert_eq!(stores.found(expected.id).await, expected);
        let event = LoggedEvent {
            position: Position {
                attempt: 1,
                sequence: 3,
                offset: 6,
            },
            kind: EventKind::Ended,
        };
        assert_eq!(stores.last_event(expected.id).await, event);
        assert_eq!(stores.around.all_messages(ticket.id).await, []);
        assert_eq!(stores.around.found(ticket.id).await, ticket);
    }
}

pub async fn a_stopped_reply_keeps_the_text_of_its_last_attempt(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    stores.say(lease, &reply, &["Hel", "lö"]).await;
    stores.done(lease, FAILED).await;
    let (lease, retried) = stores.granted(request(ticket.id)).await;
    stores.say(lease, &retried, &["Good"]).await;
    let stopped = stores.stop(ticket.id, CancelledBy::Customer).await;
    let stopped = stopped.expect("a reply");
    assert_eq!((stopped.attempt, stopped.text.as_str()), (2, "Good"));
}

pub async fn stopping_again_changes_nothing(stores: ReplyStores) {
    let (ticket, _, reply) = stores.running().await;
    let first = stores.stop(ticket.id, CancelledBy::Customer).await;
    assert_eq!(stores.stop(ticket.id, CancelledBy::Agent).await, first);
    assert_eq!(Some(stores.found(reply.id).await), first);
    assert_eq!(stores.log(reply.id).await.len(), 2);
}

pub async fn a_reply_that_has_ended_is_not_stopped(stores: ReplyStores) {
    let reason = IncompleteReason::MaxOutputTokens;
    for verdict in [COMPLETED, FAILED, Verdict::Incomplete { reason }] {
        let (ticket, lease, reply) = stores.running().await;
        let ended = stores.done(lease, verdict).await;
        let messages = stores.around.all_messages(ticket.id).await;
        let stopped = stores.stop(ticket.id, CancelledBy::Customer).await;
        assert_eq!(stopped.as_ref(), Some(&ended));
        assert_eq!(stores.found(reply.id).await, ended);
        assert_eq!(stores.log(reply.id).await.len(), 2);
        assert_eq!(stores.around.all_messages(ticket.id).await, messages);
    }
    let (ticket, _, reply) = stores.running().await;
    stores.hand_off(&ticket, ticket.user_id).await;
    let cancelled = stores.found(reply.id).await;
    let stopped = stores.stop(ticket.id, CancelledBy::Customer).await;
    assert_eq!(stopped, Some(cancelled));
}

pub async fn a_question_without_a_reply_has_nothing_to_stop(stores: ReplyStores) {
    let ticket = stores.around.ticket().await;
    let unknown = TicketId::from_uuid(uuid());
    for id in [ticket.id, unknown] {
        assert_eq!(stores.stop(id, CancelledBy::Customer).await, None);
    }
    // What answers an older question is none of this one's.
    let (lease, _) = stores.granted(request(ticket.id)).await;
    let ended = stores.done(lease, COMPLETED).await;
    stores.around.ask(&ticket, "And for students?").await;
    assert_eq!(stores.stop(ticket.id, CancelledBy::Customer).await, None);
    assert_eq!(stores.found(ended.id).await, ended);
}

pub async fn a_stop_leaves_other_tickets_replies_running(stores: ReplyStores) {
    let owner = stores.around.user(Role::User).await;
    let mut running = Vec::new();
    for _ in 0..2 {
        let ticket = stores.around.ticket_of(owner).await;
        running.push((ticket.id, stores.granted(request(ticket.id)).await));
    }
    let (_, (lease, other)) = running.pop().expect("two");
    for (id, _) in running {
        stores.stop(id, CancelledBy::Customer).await;
    }
    assert_eq!(stores.found(other.id).await, other);
    stores.say(lease, &other, &["Hello"]).await;
}

pub async fn a_stopped_reply_fences_its_lease(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    stores.say(lease, &reply, &["Hello"]).await;
    let stopped = stores.stop(ticket.id, CancelledBy::Agent).await;

    let last = stores.last_event(reply.id).await.position;
    let outcome = stores.append(lease, deltas(last, &[" there"])).await;
    assert_eq!(outcome, AppendOutcome::Fenced);
    for verdict in [COMPLETED, FAILED] {
        let finished = stores.finish(lease, &conclusion(verdict)).await;
        assert_eq!(finished, Finished::Fenced);
    }
    let renewed = stores.replies.renew(&[lease], LONG).await;
    assert_eq!(renewed.expect("answered"), []);
    assert_eq!(Some(stores.found(reply.id).await), stopped);
    assert_eq!(stores.last_event(reply.id).await.position, last);
    assert_eq!(stores.around.all_messages(ticket.id).await, []);
}

pub async fn a_reply_that_waits_for_a_process_is_stopped_too(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    stores.say(lease, &reply, &["Hel", "lö"]).await;
    stores.hand_over(&[lease]).await;
    let stopped = stores.stop(ticket.id, CancelledBy::Customer).await;
    let stopped = stopped.expect("a reply");
    assert_eq!((stopped.handovers, stopped.text.as_str()), (1, "Hellö"));
    assert_eq!(stores.found(reply.id).await, stopped);
    let taken_over = stores.replies.take_over_expired(takeover());
    assert_eq!(taken_over.await.expect("answered"), []);
    let finished = stores.finish(lease, &conclusion(COMPLETED)).await;
    assert_eq!(finished, Finished::Fenced);
}

pub async fn of_many_stops_at_once_one_ends_the_reply(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    stores.say(lease, &reply, &["Hello"]).await;
    let mut stops = JoinSet::new();
    for _ in 0..MANY {
        let replies = Arc::clone(&stores.replies);
        stops.spawn(async move {
            let stopped = replies.cancel(ticket.id, CancelledBy::Customer, at(260));
            stopped.await.expect("answered")
        });
    }
    let outcomes = stops.join_all().await;
    let stopped = Some(stores.found(reply.id).await);
    assert!(outcomes.iter().all(|outcome| *outcome == stopped));
    assert_eq!(stores.log(reply.id).await.len(), 3);
}

pub async fn the_doorbell_rings_when_a_reply_is_stopped(stores: ReplyStores) {
    let mut doorbells = [stores.events.doorbell(), stores.events.doorbell()];
    let (ticket, lease, reply) = stores.running().await;
    stores.say(lease, &reply, &["Hello"]).await;
    stores.stop(ticket.id, CancelledBy::Customer).await;
    for doorbell in &mut doorbells {
        assert_eq!(next_ring(doorbell, reply.id).await.last_sequence, 2);
        assert!(stores.found(reply.id).await.has_ended());
    }
}
