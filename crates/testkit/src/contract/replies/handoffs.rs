//! How people take over with the end of a reply.

use domain::handoff::{Handoff, HandoffReason};
use domain::ports::{Claim, ClaimRequest, Finished, ReplyLimits, RetryRule};
use domain::reply::{
    CancelReason, CancelledBy, Ending, EventKind, FailureCode, FinishReason, LoggedEvent, Position,
    ReplyState, Verdict,
};
use domain::ticket::{Ticket, TicketStatus};

use super::fixtures::{COMPLETED, FAILED, conclusion, request};
use crate::contract::ReplyStores;
use crate::contract::fixtures::at;

pub async fn every_reason_is_kept_with_the_ticket_and_the_reply(stores: ReplyStores) {
    for reason in HandoffReason::ALL {
        let (ticket, lease, reply) = stores.running().await;
        stores.say(lease, &reply, &["People", " answer."]).await;
        let verdict = Verdict::Completed {
            finish_reason: FinishReason::Stop,
            handoff: Some(reason),
        };
        let done = stores.done(lease, verdict).await;
        assert_eq!((done.handoff, done.last_sequence), (Some(reason), 4));
        assert_eq!(stores.found(reply.id).await, done);
        let expected = Ticket {
            assistant_enabled: false,
            handoff: Some(Handoff {
                reason,
                at: at(200),
            }),
            updated_at: at(200),
            version: 2,
            ..ticket
        };
        assert_eq!(stores.around.found(expected.id).await, expected);
    }
}

pub async fn a_handoff_is_logged_in_front_of_the_end(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    stores.say(lease, &reply, &["Hel", "lö"]).await;
    stores.hand_off(&ticket, ticket.user_id).await;
    let log = stores.log(reply.id).await;
    let place = |sequence| Position {
        attempt: 1,
        sequence,
        offset: "Hellö".len(),
    };
    let ending = [
        LoggedEvent {
            position: place(3),
            kind: EventKind::HandedOff(HandoffReason::Customer),
        },
        LoggedEvent {
            position: place(4),
            kind: EventKind::Ended,
        },
    ];
    assert_eq!(log.get(3..), Some(ending.as_slice()));
}

pub async fn a_quota_that_is_used_up_cancels_and_hands_off(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    let end = domain::reply::Conclusion {
        usage: None,
        ..conclusion(Verdict::OverQuota)
    };
    let Finished::Done(done) = stores.finish(lease, &end).await else {
        panic!("not done");
    };
    let cancelled = Ending::Cancelled {
        reason: CancelReason::Quota,
        by: CancelledBy::System,
    };
    assert_eq!(done.state, ReplyState::Ended(cancelled));
    assert_eq!(done.handoff, Some(HandoffReason::Quota));
    assert_eq!(stores.around.all_messages(ticket.id).await, []);
    let ticket = stores.around.found(ticket.id).await;
    assert_eq!(ticket.status, TicketStatus::Open);
    assert_eq!(ticket.handoff.map(|handoff| handoff.reason), done.handoff);
    // Its outcome got lost, and it is stored again.
    let again = stores.finish(lease, &end).await;
    assert_eq!(again, Finished::Done(done.clone()));
    assert_eq!(stores.log(reply.id).await.len(), 3);
    // Nobody begins it anew unasked.
    assert_eq!(stores.existing(request(ticket.id)).await, *done);
}

pub async fn a_model_that_is_down_hands_off_with_the_last_attempt(stores: ReplyStores) {
    let (ticket, mut lease, _) = stores.running().await;
    for attempt in 1..=ClaimRequest::MAX_ATTEMPTS {
        let is_last = attempt == ClaimRequest::MAX_ATTEMPTS;
        let failed = stores.done(lease, FAILED).await;
        let handoff = is_last.then_some(HandoffReason::UpstreamDown);
        assert_eq!(failed.handoff, handoff);
        let ticket = stores.around.found(ticket.id).await;
        assert_eq!(ticket.assistant_enabled, !is_last);
        assert_eq!(ticket.handoff.map(|handoff| handoff.reason), handoff);
        if !is_last {
            lease = stores.granted(request(ticket.id)).await.0;
        }
    }
}

pub async fn a_host_that_refuses_hands_off_at_once(stores: ReplyStores) {
    let (ticket, lease, _) = stores.running().await;
    let code = FailureCode::UpstreamRejected;
    let failed = stores.done(lease, Verdict::Failed { code }).await;
    assert_eq!(failed.handoff, Some(HandoffReason::UpstreamDown));
    let found = stores.around.found(ticket.id).await;
    assert_eq!(found.handoff.map(|handoff| handoff.reason), failed.handoff);
    assert_eq!(stores.existing(request(ticket.id)).await, failed);
    let (_, retried) = stores.granted(demand(&ticket)).await;
    assert_eq!((retried.attempt, retried.handoff), (2, None));
}

pub async fn another_failure_hands_nothing_off(stores: ReplyStores) {
    let (ticket, mut lease, _) = stores.running().await;
    for _ in 0..ClaimRequest::MAX_ATTEMPTS {
        let code = FailureCode::Internal;
        assert_eq!(
            stores.done(lease, Verdict::Failed { code }).await.handoff,
            None
        );
        lease = stores.granted(demand(&ticket)).await.0;
    }
    assert!(stores.around.found(ticket.id).await.assistant_enabled);
}

pub async fn a_demand_takes_back_what_was_handed_off_for_want_of_means(stores: ReplyStores) {
    let (ticket, lease, _) = stores.running().await;
    stores.done(lease, Verdict::OverQuota).await;
    let handed_off = stores.around.found(ticket.id).await;
    assert!(!handed_off.assistant_enabled);

    // Who may not have another attempt gets the assistant back neither.
    let limited = ClaimRequest {
        limits: Some(ReplyLimits {
            concurrent: 0,
            per_minute: 100,
        }),
        ..demand(&ticket)
    };
    let refused = stores.claim(limited).await;
    assert!(matches!(refused, Claim::OverLimit { .. }), "{refused:?}");
    assert_eq!(stores.around.found(ticket.id).await, handed_off);

    let (lease, retried) = stores.granted(demand(&ticket)).await;
    assert_eq!((retried.attempt, retried.handoff), (2, None));
    let taken_back = stores.around.found(ticket.id).await;
    assert!(taken_back.assistant_enabled);
    assert_eq!(taken_back.handoff, None);
    assert_eq!(taken_back.version, handed_off.version + 1);
    let done = stores.done(lease, COMPLETED).await;
    assert_eq!(done.handoff, None);
}

pub async fn answers_are_counted_with_the_ticket(stores: ReplyStores) {
    let ticket = stores.around.ticket().await;
    for turns in 1..=3 {
        stores.around.ask(&ticket, "And now?").await;
        let (lease, _) = stores.granted(request(ticket.id)).await;
        stores.done(lease, COMPLETED).await;
        assert_eq!(stores.around.found(ticket.id).await.turns, turns);
    }
}

fn demand(ticket: &Ticket) -> ClaimRequest {
    ClaimRequest {
        retry: RetryRule::Demanded,
        ..request(ticket.id)
    }
}
