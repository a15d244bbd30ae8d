//! How the reply of a process that is gone goes on.

use std::sync::Arc;

use domain::ports::{AppendOutcome, Finished, Takeover, TakeoverRequest};
use domain::reply::{
    Ending, EventKind, FailureCode, Lease, LoggedEvent, Position, Reply, ReplyState, Restart,
    RestartReason,
};
use tokio::task::JoinSet;

use super::fixtures::{
    COMPLETED, LONG, SHORT, beginning, conclusion, deltas, next_ring, request, second_attempt,
    takeover,
};
use crate::contract::ReplyStores;

pub async fn a_live_lease_is_not_taken_over(stores: ReplyStores) {
    let (_, lease, reply) = stores.running().await;
    let (_, _, expiring) = stores.running_for(SHORT).await;
    let (taken, _) = stores.restarted(takeover()).await;
    assert_eq!(taken.reply_id, expiring.id);
    assert_eq!(stores.found(reply.id).await, reply);
    stores.say(lease, &reply, &["Hello"]).await;
}

pub async fn an_expired_lease_is_taken_over_by_a_restart(stores: ReplyStores) {
    let (_, lost, reply) = stores.running_for(SHORT).await;
    stores.say(lost, &reply, &["Hel", "lö"]).await;
    let request = TakeoverRequest {
        model: "another-model".to_owned(),
        ..takeover()
    };
    let (lease, restarted) = stores.restarted(request.clone()).await;
    let restart = Restart {
        sequence: 3,
        reason: RestartReason::OwnerLost,
    };
    let expected = Reply {
        model: request.model,
        ..second_attempt(reply, restart, request.owner, request.at)
    };
    assert_eq!(restarted, expected);
    assert_eq!(stores.found(expected.id).await, expected);
    let held = Lease {
        reply_id: expected.id,
        owner: request.owner,
        epoch: lost.epoch + 1,
    };
    assert_eq!(lease, held);
    let event = LoggedEvent {
        position: Position {
            attempt: 2,
            sequence: 3,
            offset: 0,
        },
        kind: EventKind::Restarted(RestartReason::OwnerLost),
    };
    assert_eq!(stores.last_event(expected.id).await, event);

    stores.say(lease, &restarted, &["Good morning"]).await;
    let done = stores.done(lease, COMPLETED).await;
    assert_eq!(done.text, "Good morning");
}

pub async fn one_of_eight_callers_takes_over(stores: ReplyStores) {
    let (_, _, reply) = stores.running_for(SHORT).await;
    stores.expired(reply.id).await;
    let mut callers = JoinSet::new();
    for _ in 0..8 {
        let replies = Arc::clone(&stores.replies);
        callers.spawn(async move {
            let takeovers = replies.take_over_expired(takeover()).await;
            takeovers.expect("answered").len()
        });
    }
    let taken: usize = callers.join_all().await.into_iter().sum();
    assert_eq!(taken, 1);
    assert_eq!(stores.found(reply.id).await.attempt, 2);
}

pub async fn a_takeover_takes_as_many_as_it_asks_for(stores: ReplyStores) {
    for _ in 0..3 {
        let (_, _, reply) = stores.running_for(SHORT).await;
        stores.expired(reply.id).await;
    }
    for (max, taken) in [(0, 0), (2, 2), (2, 1), (2, 0)] {
        let request = TakeoverRequest { max, ..takeover() };
        let takeovers = stores.replies.take_over_expired(request).await;
        assert_eq!(takeovers.expect("answered").len(), taken);
    }
}

pub async fn a_takeover_fences_the_lost_owner(stores: ReplyStores) {
    let (ticket, lost, _) = stores.running_for(SHORT).await;
    let (_, restarted) = stores.restarted(takeover()).await;
    let late = deltas(beginning(&restarted), &["late"]);
    assert_eq!(stores.append(lost, late).await, AppendOutcome::Fenced);
    let finished = stores.finish(lost, &conclusion(COMPLETED)).await;
    assert_eq!(finished, Finished::Fenced);
    assert_eq!(stores.found(restarted.id).await, restarted);
    assert_eq!(stores.around.all_messages(ticket.id).await, []);
}

pub async fn the_second_takeover_fails_the_reply_as_interrupted(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.taken_over_once().await;
    stores.say(lease, &reply, &["Hel", "lö"]).await;
    let request = takeover();
    let takeovers = stores.take_over(request.clone()).await;
    let expected = Reply {
        state: ReplyState::Ended(Ending::Failed {
            code: FailureCode::Interrupted,
        }),
        last_sequence: 4,
        text: "Hellö".to_owned(),
        ended_at: Some(request.at),
        tenure: None,
        ..reply
    };
    let failed = Takeover::Failed(Box::new(expected.clone()));
    assert_eq!(takeovers, [failed]);
    assert_eq!(stores.found(expected.id).await, expected);
    let event = LoggedEvent {
        position: Position {
            attempt: 2,
            sequence: 4,
            offset: 6,
        },
        kind: EventKind::Ended,
    };
    assert_eq!(stores.last_event(expected.id).await, event);
    assert_eq!(stores.around.all_messages(ticket.id).await, []);
    assert_eq!(stores.around.found(ticket.id).await, ticket);
    let again = stores.replies.take_over_expired(takeover()).await;
    assert_eq!(again.expect("answered"), []);
}

pub async fn the_doorbell_rings_when_a_takeover_fails_a_reply(stores: ReplyStores) {
    let (_, _, reply) = stores.taken_over_once().await;
    let mut doorbell = stores.events.doorbell();
    stores.take_over(takeover()).await;
    let last_sequence = reply.last_sequence + 1;
    let ring = next_ring(&mut doorbell, reply.id).await;
    assert_eq!(ring.last_sequence, last_sequence);
}

pub async fn an_interrupted_reply_fences_its_lost_owner(stores: ReplyStores) {
    let (ticket, lost, reply) = stores.taken_over_once().await;
    stores.take_over(takeover()).await;
    let failed = stores.found(reply.id).await;
    let finished = stores.finish(lost, &conclusion(COMPLETED)).await;
    assert_eq!(finished, Finished::Fenced);
    let renewed = stores.replies.renew(&[lost], LONG).await;
    assert_eq!(renewed.expect("answered"), []);
    assert_eq!(stores.found(reply.id).await, failed);
    assert_eq!(stores.around.all_messages(ticket.id).await, []);
}

pub async fn an_interrupted_reply_is_retried_on_demand(stores: ReplyStores) {
    let (ticket, ..) = stores.taken_over_once().await;
    stores.take_over(takeover()).await;
    let (lease, reply) = stores.granted(request(ticket.id)).await;
    assert_eq!(reply.attempt, 3);
    stores.say(lease, &reply, &["At last."]).await;
    assert_eq!(stores.done(lease, COMPLETED).await.text, "At last.");
}
