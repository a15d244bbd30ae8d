//! How a reply that failed is tried again.

use std::sync::Arc;

use domain::handoff::HandoffReason;
use domain::ids::OwnerId;
use domain::ports::{AppendOutcome, Claim, ClaimRequest, Finished, RetryRule};
use domain::reply::{
    EventKind, FailureCode, Lease, LoggedEvent, Position, Reply, ReplyState, Restart,
    RestartReason, Verdict,
};
use tokio::task::JoinSet;

use super::fixtures::{COMPLETED, FAILED, beginning, conclusion, deltas, request, second_attempt};
use crate::contract::ReplyStores;
use crate::contract::fixtures::{MANY, at};

pub async fn a_failed_reply_gets_three_attempts(stores: ReplyStores) {
    let (ticket, mut lease, reply) = stores.running().await;
    for attempt in 1..=ClaimRequest::MAX_ATTEMPTS {
        let failed = stores.done(lease, FAILED).await;
        assert_eq!((failed.id, failed.attempt), (reply.id, attempt));
        if attempt < ClaimRequest::MAX_ATTEMPTS {
            lease = stores.granted(request(ticket.id)).await.0;
        }
    }
    let last = stores.existing(request(ticket.id)).await;
    assert_eq!((last.id, last.attempt), (reply.id, 3));
    assert!(last.is_retryable());
    let kinds: Vec<_> = stores.log(reply.id).await;
    let kinds: Vec<_> = kinds.into_iter().map(|event| event.kind).collect();
    let retried = EventKind::Restarted(RestartReason::Retry);
    assert_eq!(
        kinds,
        [
            EventKind::Created,
            EventKind::Ended,
            retried.clone(),
            EventKind::Ended,
            retried,
            EventKind::HandedOff(HandoffReason::UpstreamDown),
            EventKind::Ended
        ]
    );
}

pub async fn a_retry_gives_up_what_was_before(stores: ReplyStores) {
    let (ticket, first, reply) = stores.running().await;
    stores.say(first, &reply, &["Hel", "lö"]).await;
    stores.done(first, FAILED).await;
    let again = ClaimRequest {
        model: "another-model".to_owned(),
        at: at(777),
        ..request(ticket.id)
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
    let held = Lease {
        reply_id: expected.id,
        owner: again.owner,
        epoch: first.epoch + 1,
    };
    assert_eq!(lease, held);
    let restarted = LoggedEvent {
        position: Position {
            attempt: 2,
            sequence: 4,
            offset: 0,
        },
        kind: EventKind::Restarted(RestartReason::Retry),
    };
    assert_eq!(stores.last_event(expected.id).await, restarted);
}

pub async fn the_text_is_that_of_the_last_attempt(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    stores.say(lease, &reply, &["Hel", "lo"]).await;
    stores.done(lease, FAILED).await;
    let (lease, reply) = stores.granted(request(ticket.id)).await;
    stores.say(lease, &reply, &["Good ", "morning"]).await;
    let done = stores.done(lease, COMPLETED).await;
    assert_eq!(done.text, "Good morning");
    let end = stores.last_event(reply.id).await.position;
    assert_eq!((end.attempt, end.offset), (2, 12));
    let messages = stores.around.all_messages(ticket.id).await;
    assert!(messages.iter().all(|message| message.content == done.text));
    assert_eq!(messages.len(), 1);
}

pub async fn of_many_retries_at_once_one_is_granted(stores: ReplyStores) {
    let (ticket, lease, _) = stores.running().await;
    stores.done(lease, FAILED).await;
    let mut claims = JoinSet::new();
    for _ in 0..MANY {
        let replies = Arc::clone(&stores.replies);
        let request = request(ticket.id);
        claims.spawn(async move { replies.claim(request).await.expect("answered") });
    }
    let claims = claims.join_all().await;
    let granted = claims
        .iter()
        .filter(|claim| matches!(claim, Claim::Granted(..)));
    assert_eq!(granted.count(), 1);
    let current = stores.existing(request(ticket.id)).await;
    assert_eq!((current.attempt, current.state), (2, ReplyState::Streaming));
}

pub async fn a_failure_that_no_retry_mends_stays(stores: ReplyStores) {
    for code in [
        FailureCode::UpstreamRejected,
        FailureCode::ContextTooLong,
        FailureCode::ContentRefused,
    ] {
        let (ticket, lease, _) = stores.running().await;
        let failed = stores.done(lease, Verdict::Failed { code }).await;
        assert_eq!(stores.existing(request(ticket.id)).await, failed);
    }
}

pub async fn without_leave_to_retry_a_failure_stays(stores: ReplyStores) {
    let (ticket, lease, _) = stores.running().await;
    let failed = stores.done(lease, FAILED).await;
    let claim = ClaimRequest {
        retry: RetryRule::Never,
        ..request(ticket.id)
    };
    assert_eq!(stores.existing(claim).await, failed);
}

pub async fn a_failure_stays_while_the_assistant_is_off(stores: ReplyStores) {
    let (ticket, lease, _) = stores.running().await;
    let failed = stores.done(lease, FAILED).await;
    stores.hand_off(&ticket, ticket.user_id).await;
    assert_eq!(stores.existing(request(ticket.id)).await, failed);
}

pub async fn only_failures_are_retried(stores: ReplyStores) {
    let (ticket, _, reply) = stores.running().await;
    stores.hand_off(&ticket, ticket.user_id).await;
    let cancelled = stores.found(reply.id).await;
    assert_eq!(stores.existing(request(ticket.id)).await, cancelled);

    let reason = domain::reply::IncompleteReason::MaxOutputTokens;
    for verdict in [COMPLETED, Verdict::Incomplete { reason }] {
        let (ticket, lease, _) = stores.running().await;
        let ended = stores.done(lease, verdict).await;
        assert_eq!(stores.existing(request(ticket.id)).await, ended);
    }
}

pub async fn a_retry_fences_the_attempt_before_it(stores: ReplyStores) {
    let (ticket, old, _) = stores.running().await;
    stores.done(old, FAILED).await;
    // The same process retries: only the epoch tells its two attempts apart.
    let again = ClaimRequest {
        owner: OwnerId::from_uuid(old.owner.as_uuid()),
        ..request(ticket.id)
    };
    let (_, retried) = stores.granted(again).await;
    let outcome = stores
        .append(old, deltas(beginning(&retried), &["late"]))
        .await;
    assert_eq!(outcome, AppendOutcome::Fenced);
    let finished = stores.finish(old, &conclusion(FAILED)).await;
    assert_eq!(finished, Finished::Fenced);
    assert_eq!(stores.found(retried.id).await, retried);
}
