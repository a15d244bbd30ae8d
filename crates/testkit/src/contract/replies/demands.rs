//! How a reply that ended without an answer is tried again because somebody asks for it.

use std::sync::Arc;
use std::time::Duration;

use domain::ids::{OwnerId, TicketId};
use domain::message::Author;
use domain::ports::{AppendOutcome, Claim, ClaimRequest, Finished, ReplyLimits, RetryRule};
use domain::reply::{
    CancelledBy, EventKind, FailureCode, IncompleteReason, LoggedEvent, Reply, ReplyState, Restart,
    RestartReason, Verdict,
};
use domain::ticket::{Ticket, TicketStatus};
use domain::user::Role;
use tokio::task::JoinSet;

use super::fixtures::{COMPLETED, FAILED, beginning, conclusion, deltas, request, second_attempt};
use crate::contract::ReplyStores;
use crate::contract::fixtures::{MANY, at, open_ticket, public, uuid};

pub async fn a_demand_retries_any_failure(stores: ReplyStores) {
    for code in [
        FailureCode::UpstreamTimeout,
        FailureCode::UpstreamRejected,
        FailureCode::ContextTooLong,
        FailureCode::ContentRefused,
    ] {
        let (ticket, lease, reply) = stores.running().await;
        stores.done(lease, Verdict::Failed { code }).await;
        let (lease, retried) = stores.granted(demand(ticket.id)).await;
        assert_eq!((retried.id, retried.attempt), (reply.id, 2));
        assert_eq!(retried.state, ReplyState::Streaming);
        stores.say(lease, &retried, &["At last."]).await;
        assert_eq!(stores.done(lease, COMPLETED).await.text, "At last.");
    }
}

pub async fn a_demand_retries_what_was_cancelled(stores: ReplyStores) {
    let (ticket, old, reply) = stores.running().await;
    stores.say(old, &reply, &["Hel", "lö"]).await;
    stores.stop(ticket.id, CancelledBy::Customer).await;
    let again = ClaimRequest {
        model: "another-model".to_owned(),
        at: at(777),
        ..demand(ticket.id)
    };
    let (lease, retried) = stores.granted(again.clone()).await;
    let restart = Restart {
        sequence: 4,
        reason: RestartReason::Retry,
    };
    let expected = Reply {
        model: again.model,
        ..second_attempt(reply, restart, again.owner, again.at)
    };
    assert_eq!(retried, expected);
    assert_eq!(stores.found(expected.id).await, expected);
    assert!(lease.epoch > old.epoch);
    let restarted = LoggedEvent {
        position: beginning(&expected),
        kind: EventKind::Restarted(RestartReason::Retry),
    };
    assert_eq!(stores.last_event(expected.id).await, restarted);
    // However often, and to every end.
    stores.done(lease, FAILED).await;
    stores.granted(demand(ticket.id)).await;
    stores.stop(ticket.id, CancelledBy::Agent).await;
    let (lease, _) = stores.granted(demand(ticket.id)).await;
    stores.done(lease, COMPLETED).await;
    assert_eq!(stores.around.all_messages(ticket.id).await.len(), 1);
}

pub async fn a_demand_goes_beyond_the_attempts_made_unasked(stores: ReplyStores) {
    let (ticket, mut lease, _) = stores.running().await;
    for attempt in 2..=ClaimRequest::MAX_ATTEMPTS + 3 {
        stores.done(lease, FAILED).await;
        let retried;
        (lease, retried) = stores.granted(demand(ticket.id)).await;
        assert_eq!(retried.attempt, attempt);
    }
    let failed = stores.done(lease, FAILED).await;
    assert_eq!(stores.existing(request(ticket.id)).await, failed);
}

pub async fn a_demand_leaves_what_runs_or_was_answered(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    assert_eq!(stores.existing(demand(ticket.id)).await, reply);
    stores.hand_over(&[lease]).await;
    let queued = stores.found(reply.id).await;
    assert_eq!(stores.existing(demand(ticket.id)).await, queued);

    let reason = IncompleteReason::MaxOutputTokens;
    for verdict in [COMPLETED, Verdict::Incomplete { reason }] {
        let (ticket, lease, _) = stores.running().await;
        let ended = stores.done(lease, verdict).await;
        assert_eq!(stores.existing(demand(ticket.id)).await, ended);
        stores.hand_off(&ticket, ticket.user_id).await;
        assert_eq!(stores.existing(demand(ticket.id)).await, ended);
    }
}

pub async fn a_demand_begins_no_reply(stores: ReplyStores) {
    let ticket = stores.around.ticket().await;
    let closed = Ticket {
        status: TicketStatus::Closed,
        ..open_ticket(stores.around.user(Role::User).await)
    };
    let closed = stores.around.stored(closed).await;
    let unknown = TicketId::from_uuid(uuid());
    for id in [ticket.id, closed.id, unknown] {
        assert_eq!(stores.claim(demand(id)).await, Claim::NothingToAnswer);
        let current = stores.replies.find_current(id).await;
        assert_eq!(current.expect("read"), None);
    }
    stores.hand_off(&ticket, ticket.user_id).await;
    assert_eq!(
        stores.claim(demand(ticket.id)).await,
        Claim::NothingToAnswer
    );
}

pub async fn a_demand_while_the_assistant_is_off_is_told_so(stores: ReplyStores) {
    for cancels in [false, true] {
        let (ticket, lease, reply) = stores.running().await;
        if !cancels {
            stores.done(lease, FAILED).await;
        }
        stores.hand_off(&ticket, ticket.user_id).await;
        let ended = stores.found(reply.id).await;
        assert!(ended.has_ended());
        assert_eq!(stores.claim(demand(ticket.id)).await, Claim::AssistantOff);
        assert_eq!(stores.found(reply.id).await, ended);
    }
}

pub async fn a_demand_after_an_agents_answer_has_nothing_to_answer(stores: ReplyStores) {
    let agent = Author::Agent(stores.around.user(Role::Agent).await);
    for cancels in [false, true] {
        let (ticket, lease, reply) = stores.running().await;
        if !cancels {
            stores.done(lease, FAILED).await;
        }
        stores.around.appended(public(&ticket, agent, "Yes.")).await;
        let ended = stores.found(reply.id).await;
        assert!(ended.has_ended());
        assert_eq!(
            stores.claim(demand(ticket.id)).await,
            Claim::NothingToAnswer
        );
        assert_eq!(stores.found(reply.id).await, ended);
    }
}

pub async fn a_demand_keeps_to_the_limits(stores: ReplyStores) {
    let (ticket, lease, _) = stores.running().await;
    let failed = stores.done(lease, FAILED).await;
    let limited = |per_minute| ClaimRequest {
        limits: Some(ReplyLimits {
            concurrent: 100,
            per_minute,
        }),
        ..demand(ticket.id)
    };
    assert_eq!(
        stores.claim(limited(1)).await,
        Claim::OverLimit {
            retry_after: Duration::from_mins(1)
        }
    );
    assert_eq!(stores.found(failed.id).await, failed);
    stores.granted(limited(2)).await;
}

pub async fn of_many_demands_at_once_one_is_granted(stores: ReplyStores) {
    let (ticket, _, reply) = stores.running().await;
    stores.stop(ticket.id, CancelledBy::Customer).await;
    let mut claims = JoinSet::new();
    for _ in 0..MANY {
        let replies = Arc::clone(&stores.replies);
        let request = demand(ticket.id);
        claims.spawn(async move { replies.claim(request).await.expect("answered") });
    }
    let claims = claims.join_all().await;
    let granted = claims
        .iter()
        .filter(|claim| matches!(claim, Claim::Granted(..)));
    assert_eq!(granted.count(), 1);
    let retried = stores.found(reply.id).await;
    assert_eq!((retried.attempt, retried.state), (2, ReplyState::Streaming));
    assert_eq!(stores.log(reply.id).await.len(), 3);
}

pub async fn a_demand_fences_the_attempt_that_was_cancelled(stores: ReplyStores) {
    let (ticket, old, _) = stores.running().await;
    stores.stop(ticket.id, CancelledBy::Customer).await;
    // The same process retries: only the epoch tells its two attempts apart.
    let again = ClaimRequest {
        owner: OwnerId::from_uuid(old.owner.as_uuid()),
        ..demand(ticket.id)
    };
    let (_, retried) = stores.granted(again).await;
    let late = deltas(beginning(&retried), &["late"]);
    assert_eq!(stores.append(old, late).await, AppendOutcome::Fenced);
    let finished = stores.finish(old, &conclusion(COMPLETED)).await;
    assert_eq!(finished, Finished::Fenced);
    stores.hand_over(&[old]).await;
    assert_eq!(stores.found(retried.id).await, retried);
}

pub async fn nobody_retries_what_was_cancelled_unasked(stores: ReplyStores) {
    let (ticket, ..) = stores.running().await;
    let stopped = stores.stop(ticket.id, CancelledBy::Customer).await;
    for retry in [RetryRule::Never, RetryRule::Automatic] {
        let claim = ClaimRequest {
            retry,
            ..request(ticket.id)
        };
        assert_eq!(Some(stores.existing(claim).await), stopped);
    }
}

/// Somebody asks for another attempt by name.
fn demand(ticket_id: TicketId) -> ClaimRequest {
    ClaimRequest {
        retry: RetryRule::Demanded,
        ..request(ticket_id)
    }
}
