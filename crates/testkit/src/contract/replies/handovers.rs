//! How a process gives back what it will not finish.

use domain::ids::{OwnerId, ReplyId};
use domain::ports::{
    AppendOutcome, Claim, ClaimRequest, Finished, ReplyLimits, RetryRule, Takeover, TakeoverRequest,
};
use domain::reply::{
    CancelReason, CancelledBy, Ending, EventKind, FailureCode, Lease, LoggedEvent, Position, Reply,
    ReplyState, Restart, RestartReason, Tenure,
};
use domain::ticket::Ticket;

use super::fixtures::{
    COMPLETED, FAILED, LONG, SHORT, beginning, conclusion, deltas, next_ring, request,
    second_attempt, takeover,
};
use crate::contract::ReplyStores;
use crate::contract::fixtures::uuid;

pub async fn a_reply_that_is_handed_over_is_queued(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    stores.say(lease, &reply, &["Hel", "lö"]).await;
    let log = stores.log(reply.id).await;
    stores.hand_over(&[lease]).await;
    let expected = Reply {
        handovers: 1,
        state: ReplyState::Queued,
        last_sequence: 2,
        tenure: Some(Tenure {
            owner: lease.owner,
            expired: true,
        }),
        ..reply
    };
    assert_eq!(stores.found(expected.id).await, expected);
    assert_eq!(stores.log(expected.id).await, log);
    assert_eq!(stores.around.all_messages(ticket.id).await, []);
    assert_eq!(stores.around.found(ticket.id).await, ticket);
}

pub async fn what_was_handed_over_is_taken_over_at_once(stores: ReplyStores) {
    let (_, old, reply) = stores.running().await;
    stores.say(old, &reply, &["Hel", "lö"]).await;
    stores.hand_over(&[old]).await;
    // The lease was to last an hour: nobody waits for that.
    let request = takeover();
    let (lease, restarted) = stores.restarted_at_once(request.clone()).await;
    let restart = Restart {
        sequence: 3,
        reason: RestartReason::OwnerLost,
    };
    let expected = Reply {
        handovers: 1,
        ..second_attempt(reply, restart, request.owner, request.at)
    };
    assert_eq!(restarted, expected);
    assert_eq!(stores.found(expected.id).await, expected);
    assert_eq!((lease.reply_id, lease.owner), (expected.id, request.owner));
    assert!(lease.epoch > old.epoch);
    let event = LoggedEvent {
        position: beginning(&expected),
        kind: EventKind::Restarted(RestartReason::OwnerLost),
    };
    assert_eq!(stores.last_event(expected.id).await, event);
    stores.say(lease, &restarted, &["Good morning"]).await;
    assert_eq!(stores.done(lease, COMPLETED).await.text, "Good morning");
}

pub async fn a_hand_over_counts_as_no_attempt(stores: ReplyStores) {
    let (_, mut lease, _) = stores.running().await;
    let mut reply;
    for handovers in 1..=5 {
        stores.hand_over(&[lease]).await;
        (lease, reply) = stores.restarted_at_once(takeover()).await;
        assert_eq!((reply.attempt, reply.handovers), (handovers + 1, handovers));
        assert_eq!(reply.attempts_used(), 1);
    }
    // A first owner is lost, then what its successor began is handed over: that goes on too.
    stores.hand_over(&[lease]).await;
    stores.restarted_at_once(short()).await;
    (lease, reply) = stores.restarted(takeover()).await;
    assert_eq!(reply.attempts_used(), 2);
    stores.hand_over(&[lease]).await;
    (_, reply) = stores.restarted_at_once(short()).await;
    assert_eq!((reply.attempt, reply.handovers), (9, 7));

    let takeovers = stores.take_over(takeover()).await;
    let [Takeover::Failed(failed)] = takeovers.as_slice() else {
        panic!("not one failure: {takeovers:?}");
    };
    let interrupted = Ending::Failed {
        code: FailureCode::Interrupted,
    };
    assert_eq!(failed.state, ReplyState::Ended(interrupted));
    assert_eq!((failed.attempt, failed.handovers), (9, 7));
}

pub async fn a_hand_over_leaves_the_retries_of_a_failure(stores: ReplyStores) {
    let (ticket, lease, _) = stores.running().await;
    stores.hand_over(&[lease]).await;
    let (mut lease, _) = stores.restarted_at_once(takeover()).await;
    for attempt in 2..=ClaimRequest::MAX_ATTEMPTS {
        stores.done(lease, FAILED).await;
        lease = stores.granted(request(ticket.id)).await.0;
        let reply = stores.found(lease.reply_id).await;
        assert_eq!((reply.attempt, reply.handovers), (attempt + 1, 1));
    }
    let failed = stores.done(lease, FAILED).await;
    assert_eq!(stores.existing(request(ticket.id)).await, failed);
}

pub async fn a_hand_over_fences_its_lease(stores: ReplyStores) {
    let (ticket, old, reply) = stores.running().await;
    stores.say(old, &reply, &["Hello"]).await;
    stores.hand_over(&[old]).await;
    let queued = stores.found(reply.id).await;
    stores.is_fenced(&ticket, old, &queued).await;

    let (_, restarted) = stores.restarted_at_once(takeover()).await;
    stores.is_fenced(&ticket, old, &restarted).await;
}

pub async fn an_append_that_was_stored_stays_appended_after_a_hand_over(stores: ReplyStores) {
    let (_, lease, reply) = stores.running().await;
    let events = deltas(beginning(&reply), &["Hel", "lö"]);
    stores.append(lease, events.clone()).await;
    stores.hand_over(&[lease]).await;
    let outcome = stores.append(lease, events).await;
    assert_eq!(outcome, AppendOutcome::Appended);
    assert_eq!(stores.log(reply.id).await.len(), 3);
}

pub async fn void_leases_hand_nothing_over(stores: ReplyStores) {
    let (_, held, reply) = stores.running().await;
    let older = Lease { epoch: 0, ..held };
    let stranger = Lease {
        owner: OwnerId::from_uuid(uuid()),
        ..held
    };
    let unknown = Lease {
        reply_id: ReplyId::from_uuid(uuid()),
        ..held
    };
    stores.hand_over(&[older, stranger, unknown]).await;
    assert_eq!(stores.found(reply.id).await, reply);
    stores.hand_over(&[]).await;

    let mut void = Vec::new();
    for verdict in [COMPLETED, FAILED] {
        let (_, lease, _) = stores.running().await;
        void.push((lease, stores.done(lease, verdict).await));
    }
    let (ticket, lease, _) = stores.running().await;
    let stopped = stores.stop(ticket.id, CancelledBy::Customer).await;
    void.push((lease, stopped.expect("a reply")));
    let (_, lost, _) = stores.running_for(SHORT).await;
    void.push((lost, stores.restarted(takeover()).await.1));
    let (_, twice, reply) = stores.running().await;
    stores.hand_over(&[twice]).await;
    void.push((twice, stores.found(reply.id).await));

    let leases: Vec<Lease> = void.iter().map(|(lease, _)| *lease).collect();
    stores.hand_over(&leases).await;
    for (_, reply) in void {
        assert_eq!(stores.found(reply.id).await, reply);
    }
}

pub async fn one_void_lease_does_not_keep_others_from_being_handed_over(stores: ReplyStores) {
    let (_, one, _) = stores.running().await;
    let (_, other, _) = stores.running().await;
    let older = Lease { epoch: 0, ..one };
    stores.hand_over(&[other, older, one, one]).await;
    for lease in [one, other] {
        let reply = stores.found(lease.reply_id).await;
        assert_eq!((reply.state, reply.handovers), (ReplyState::Queued, 1));
    }
}

pub async fn a_lease_that_nobody_took_over_is_still_handed_over(stores: ReplyStores) {
    let (_, lease, reply) = stores.running_for(SHORT).await;
    stores.expired(reply.id).await;
    stores.hand_over(&[lease]).await;
    let queued = stores.found(reply.id).await;
    assert_eq!((queued.state, queued.handovers), (ReplyState::Queued, 1));
}

pub async fn a_queued_reply_is_what_exists(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    stores.hand_over(&[lease]).await;
    let queued = stores.found(reply.id).await;
    for retry in [RetryRule::Never, RetryRule::Automatic, RetryRule::Demanded] {
        let claim = ClaimRequest {
            retry,
            ..request(ticket.id)
        };
        assert_eq!(stores.existing(claim).await, queued);
    }
    let current = stores.replies.find_current(ticket.id).await;
    assert_eq!(current.expect("read"), Some(queued));
}

pub async fn a_queued_reply_counts_as_running(stores: ReplyStores) {
    let (ticket, lease, _) = stores.running().await;
    stores.hand_over(&[lease]).await;
    let other = stores.around.ticket_of(ticket.user_id).await;
    let claim = ClaimRequest {
        limits: Some(ReplyLimits {
            concurrent: 1,
            per_minute: 100,
        }),
        ..request(other.id)
    };
    let refused = stores.claim(claim).await;
    assert!(matches!(refused, Claim::OverLimit { .. }), "{refused:?}");
}

pub async fn a_message_supersedes_a_queued_reply(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    stores.say(lease, &reply, &["Hel", "lö"]).await;
    stores.hand_over(&[lease]).await;
    stores.around.ask(&ticket, "Never mind.").await;
    let ended = stores.found(reply.id).await;
    let superseded = Ending::Cancelled {
        reason: CancelReason::Superseded,
        by: CancelledBy::Customer,
    };
    assert_eq!(ended.state, ReplyState::Ended(superseded));
    assert_eq!((ended.text.as_str(), ended.tenure), ("Hellö", None));
    let end = Position {
        attempt: 1,
        sequence: 3,
        offset: 6,
    };
    assert_eq!(stores.last_event(reply.id).await.position, end);
    let takeovers = stores.replies.take_over_expired(takeover()).await;
    assert_eq!(takeovers.expect("answered"), []);
}

pub async fn the_doorbell_rings_when_a_reply_is_handed_over(stores: ReplyStores) {
    let mut doorbells = [stores.events.doorbell(), stores.events.doorbell()];
    let (_, one, reply) = stores.running().await;
    stores.say(one, &reply, &["Hello"]).await;
    let (_, other, _) = stores.running().await;
    stores.hand_over(&[one, other]).await;
    for doorbell in &mut doorbells {
        for (lease, last_sequence) in [(one, 1), (other, 0)] {
            let ring = next_ring(doorbell, lease.reply_id).await;
            assert_eq!(ring.last_sequence, last_sequence);
            // Whoever hears of it may take over.
            let state = stores.found(lease.reply_id).await.state;
            assert_eq!(state, ReplyState::Queued);
        }
    }
}

fn short() -> TakeoverRequest {
    TakeoverRequest {
        lease: SHORT,
        ..takeover()
    }
}

impl ReplyStores {
    /// Takes over, without waiting for a lease to run out.
    async fn restarted_at_once(&self, request: TakeoverRequest) -> (Lease, Reply) {
        let takeovers = self.replies.take_over_expired(request).await;
        let takeovers = takeovers.expect("answered");
        let [Takeover::Restarted(lease, reply)] = takeovers.as_slice() else {
            panic!("not one restart: {takeovers:?}");
        };
        (*lease, (**reply).clone())
    }

    /// Nothing that is tried with this lease changes the reply.
    async fn is_fenced(&self, ticket: &Ticket, lease: Lease, reply: &Reply) {
        let log = self.log(reply.id).await;
        let last = self.last_event(reply.id).await.position;
        let outcome = self.append(lease, deltas(last, &[" there"])).await;
        assert_eq!(outcome, AppendOutcome::Fenced);
        for verdict in [COMPLETED, FAILED] {
            let finished = self.finish(lease, &conclusion(verdict)).await;
            assert_eq!(finished, Finished::Fenced);
        }
        let renewed = self.replies.renew(&[lease], LONG).await;
        assert_eq!(renewed.expect("answered"), []);
        assert_eq!(self.found(reply.id).await, *reply);
        assert_eq!(self.log(reply.id).await, log);
        assert_eq!(self.around.all_messages(ticket.id).await, []);
        assert_eq!(self.around.found(ticket.id).await, *ticket);
    }
}
