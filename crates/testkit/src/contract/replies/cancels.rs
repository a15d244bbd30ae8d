//! How messages and handoffs end a running reply.

use domain::handoff::HandoffReason;
use domain::message::Author;
use domain::ports::{AppendOutcome, Finished};
use domain::reply::{
    CancelReason, CancelledBy, Ending, EventKind, LoggedEvent, Position, Reply, ReplyState,
};
use domain::user::Role;

use super::fixtures::{COMPLETED, LONG, conclusion, deltas, next_ring, request};
use crate::contract::ReplyStores;
use crate::contract::fixtures::{at, note, public};

pub async fn a_second_message_supersedes_a_running_reply(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    stores.say(lease, &reply, &["Hel", "lö"]).await;
    let message = stores.around.ask(&ticket, "Never mind.").await;
    let expected = Reply {
        ended_at: Some(message.created_at),
        ..cancelled(&reply, CancelReason::Superseded, CancelledBy::Customer)
    };
    assert_eq!(stores.found(reply.id).await, expected);
    assert_eq!(stores.last_event(reply.id).await, ended(&expected));
    assert_eq!(stores.around.all_messages(ticket.id).await, [message]);
}

pub async fn a_superseded_reply_makes_way_for_the_next(stores: ReplyStores) {
    let (ticket, _, first) = stores.running().await;
    stores.around.ask(&ticket, "Never mind.").await;
    let (_, second) = stores.granted(request(ticket.id)).await;
    assert_ne!(second.id, first.id);
    assert!(stores.found(first.id).await.has_ended());
    assert_eq!(stores.found(second.id).await.state, ReplyState::Streaming);
}

pub async fn a_handoff_cancels_a_running_reply(stores: ReplyStores) {
    let agent = stores.around.user(Role::Agent).await;
    for by_agent in [false, true] {
        let (ticket, lease, reply) = stores.running().await;
        stores.say(lease, &reply, &["Hel", "lö"]).await;
        let (by, cancelled_by) = if by_agent {
            (agent, CancelledBy::Agent)
        } else {
            (ticket.user_id, CancelledBy::Customer)
        };
        stores.hand_off(&ticket, by).await;
        let expected = cancelled(&reply, CancelReason::Handoff, cancelled_by);
        assert_eq!(stores.found(reply.id).await, expected);
        assert_eq!(stores.last_event(reply.id).await, ended(&expected));
        assert_eq!(stores.around.all_messages(ticket.id).await, []);
    }
}

pub async fn an_agents_message_cancels_a_running_reply(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    stores.say(lease, &reply, &["Hel", "lö"]).await;
    let agent = Author::Agent(stores.around.user(Role::Agent).await);
    let message = stores.around.appended(public(&ticket, agent, "Yes.")).await;
    let expected = Reply {
        ended_at: Some(message.created_at),
        ..cancelled(&reply, CancelReason::Handoff, CancelledBy::Agent)
    };
    assert_eq!(stores.found(reply.id).await, expected);
    assert_eq!(stores.around.all_messages(ticket.id).await, [message]);
}

pub async fn an_internal_note_lets_a_running_reply_go_on(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    let agent = stores.around.user(Role::Agent).await;
    stores.around.appended(note(&ticket, agent, "Hm.")).await;
    assert_eq!(stores.found(reply.id).await, reply);
    stores.say(lease, &reply, &["Hello"]).await;
    assert!(stores.done(lease, COMPLETED).await.has_ended());
}

pub async fn an_ended_reply_is_not_cancelled(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    let ended = stores.done(lease, COMPLETED).await;
    stores.around.ask(&ticket, "Thanks!").await;
    stores.hand_off(&ticket, ticket.user_id).await;
    assert_eq!(stores.found(reply.id).await, ended);
    assert_eq!(stores.log(reply.id).await.len(), 2);
}

pub async fn a_cancelled_reply_fences_its_lease(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    stores.say(lease, &reply, &["Hello"]).await;
    stores.hand_off(&ticket, ticket.user_id).await;
    let cancelled = stores.found(reply.id).await;

    let last = stores.last_event(reply.id).await.position;
    let outcome = stores.append(lease, deltas(last, &[" there"])).await;
    assert_eq!(outcome, AppendOutcome::Fenced);
    let finished = stores.finish(lease, &conclusion(COMPLETED)).await;
    assert_eq!(finished, Finished::Fenced);
    let renewed = stores.replies.renew(&[lease], LONG).await;
    assert_eq!(renewed.expect("answered"), []);
    assert_eq!(stores.found(reply.id).await, cancelled);
    assert_eq!(stores.last_event(reply.id).await.position, last);
}

pub async fn the_doorbell_rings_when_a_reply_is_cancelled(stores: ReplyStores) {
    let mut doorbell = stores.events.doorbell();
    for by_message in [false, true] {
        let (ticket, lease, reply) = stores.running().await;
        stores.say(lease, &reply, &["Hello"]).await;
        if by_message {
            stores.around.ask(&ticket, "Never mind.").await;
        } else {
            stores.hand_off(&ticket, ticket.user_id).await;
        }
        let last = if by_message { 2 } else { 3 };
        assert_eq!(next_ring(&mut doorbell, reply.id).await.last_sequence, last);
        // A ring tells of what can be read already.
        assert!(stores.found(reply.id).await.has_ended());
    }
}

pub async fn the_doorbell_is_heard_by_every_listener(stores: ReplyStores) {
    let mut doorbells = [stores.events.doorbell(), stores.events.doorbell()];
    let (ticket, _, reply) = stores.running().await;
    stores.hand_off(&ticket, ticket.user_id).await;
    for doorbell in &mut doorbells {
        assert_eq!(next_ring(doorbell, reply.id).await.last_sequence, 2);
    }
}

/// The reply after "Hel", "lö" and its cancellation.
fn cancelled(reply: &Reply, reason: CancelReason, by: CancelledBy) -> Reply {
    let handoff = HandoffReason::of_cancellation(reason, by);
    Reply {
        state: ReplyState::Ended(Ending::Cancelled { reason, by }),
        handoff,
        last_sequence: 3 + i64::from(handoff.is_some()),
        text: "Hellö".to_owned(),
        ended_at: Some(at(250)),
        tenure: None,
        ..reply.clone()
    }
}

fn ended(reply: &Reply) -> LoggedEvent {
    LoggedEvent {
        position: Position {
            attempt: reply.attempt,
            sequence: reply.last_sequence,
            offset: reply.text.len(),
        },
        kind: EventKind::Ended,
    }
}
