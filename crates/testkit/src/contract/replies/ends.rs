//! How the owner of a reply ends it.

use std::sync::Arc;

use domain::handoff::{Handoff, HandoffReason};
use domain::ids::OwnerId;
use domain::message::{Author, Message, Visibility};
use domain::ports::{Finished, RepositoryError};
use domain::reply::{
    Conclusion, Ending, EventKind, FailureCode, FinishReason, IncompleteReason, Lease, LoggedEvent,
    Position, Reply, ReplyState, Verdict,
};
use domain::ticket::{Ticket, TicketStatus};
use domain::user::Role;
use tokio::task::JoinSet;

use super::fixtures::{COMPLETED, FAILED, beginning, conclusion, deltas, request};
use crate::contract::ReplyStores;
use crate::contract::fixtures::{EMOJI, MANY, at, open_ticket, uuid};

pub async fn every_field_of_a_completed_reply_comes_back(stores: ReplyStores) {
    for bare in [false, true] {
        let (_, lease, reply) = stores.running().await;
        stores.say(lease, &reply, &["Hel", "lö"]).await;
        let mut conclusion = conclusion(COMPLETED);
        if bare {
            conclusion.model_served = None;
            conclusion.template = None;
            conclusion.prompt_digest = None;
            conclusion.sources.clear();
            conclusion.usage = None;
            conclusion.first_token_at = None;
        }
        let expected = Reply {
            state: ReplyState::Ended(Ending::Completed {
                message_id: conclusion.message_id,
                finish_reason: FinishReason::Stop,
            }),
            ..ended(&reply, &conclusion)
        };
        let finished = stores.finish(lease, &conclusion).await;
        assert_eq!(finished, Finished::Done(Box::new(expected.clone())));
        assert_eq!(stores.found(reply.id).await, expected);
        let event = LoggedEvent {
            position: Position {
                attempt: 1,
                sequence: 3,
                offset: 6,
            },
            kind: EventKind::Ended,
        };
        assert_eq!(stores.last_event(reply.id).await, event);
    }
}

pub async fn times_of_replies_are_exact_to_the_microsecond(stores: ReplyStores) {
    for micros in [0, 1, 999_999] {
        let ticket = stores.around.ticket().await;
        let claim = domain::ports::ClaimRequest {
            at: at(micros),
            ..request(ticket.id)
        };
        let (lease, reply) = stores.granted(claim).await;
        let conclusion = Conclusion {
            first_token_at: Some(at(micros + 1)),
            ended_at: at(micros + 2),
            ..conclusion(COMPLETED)
        };
        stores.finish(lease, &conclusion).await;
        let found = stores.found(reply.id).await;
        assert_eq!(found.created_at, at(micros));
        assert_eq!(found.attempt_started_at, at(micros));
        assert_eq!(found.first_token_at, Some(at(micros + 1)));
        assert_eq!(found.ended_at, Some(at(micros + 2)));
    }
}

pub async fn a_completed_reply_becomes_one_message_and_moves_the_ticket(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    stores.say(lease, &reply, &["Hel", "lö"]).await;
    let conclusion = conclusion(COMPLETED);
    stores.finish(lease, &conclusion).await;
    let message = Message {
        id: conclusion.message_id,
        ticket_id: ticket.id,
        position: 1,
        author: Author::Assistant,
        content: "Hellö".to_owned(),
        visibility: Visibility::Public,
        in_reply_to: None,
        reply_id: Some(reply.id),
        sources: conclusion.sources.clone(),
        is_complete: true,
        created_at: conclusion.ended_at,
        feedback: None,
    };
    assert_eq!(stores.around.all_messages(ticket.id).await, [message]);
    let moved = Ticket {
        status: TicketStatus::Pending,
        turns: 1,
        updated_at: conclusion.ended_at,
        version: 2,
        ..ticket
    };
    assert_eq!(stores.around.found(moved.id).await, moved);
}

pub async fn a_reply_to_a_message_names_it(stores: ReplyStores) {
    let ticket = stores.around.ticket().await;
    let question = stores.around.ask(&ticket, "And for students?").await;
    let (lease, reply) = stores.granted(request(ticket.id)).await;
    stores.say(lease, &reply, &["Yes."]).await;
    stores.done(lease, COMPLETED).await;
    let messages = stores.around.all_messages(ticket.id).await;
    let answer = messages.last().expect("an answer");
    assert_eq!((messages.len(), answer.position), (2, 2));
    assert_eq!(answer.in_reply_to, Some(question.id));
}

pub async fn finishing_again_is_done_again_and_adds_nothing(stores: ReplyStores) {
    for verdict in [COMPLETED, FAILED] {
        let (ticket, lease, reply) = stores.running().await;
        stores.say(lease, &reply, &["Hello"]).await;
        let conclusion = conclusion(verdict);
        let first = stores.finish(lease, &conclusion).await;
        let messages = stores.around.all_messages(ticket.id).await;
        let ticket = stores.around.found(ticket.id).await;

        assert!(matches!(first, Finished::Done(_)));
        assert_eq!(stores.finish(lease, &conclusion).await, first);
        assert_eq!(stores.around.all_messages(ticket.id).await, messages);
        assert_eq!(stores.around.found(ticket.id).await, ticket);
        assert_eq!(stores.log(reply.id).await.len(), 3);
    }
}

pub async fn of_many_finishes_at_once_one_message_comes(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    stores.say(lease, &reply, &["Hello"]).await;
    let conclusion = conclusion(COMPLETED);
    let mut finishes = JoinSet::new();
    for _ in 0..MANY {
        let replies = Arc::clone(&stores.replies);
        let conclusion = conclusion.clone();
        finishes.spawn(async move { replies.finish(lease, conclusion).await.expect("answered") });
    }
    let outcomes = finishes.join_all().await;
    let done = Finished::Done(Box::new(stores.found(reply.id).await));
    assert!(outcomes.iter().all(|outcome| *outcome == done));
    assert_eq!(stores.around.all_messages(ticket.id).await.len(), 1);
}

pub async fn a_finish_after_a_cancellation_is_fenced_and_leaves_no_message(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    stores.say(lease, &reply, &["Hello"]).await;
    let message = stores.around.ask(&ticket, "Never mind.").await;
    let before = stores.around.found(ticket.id).await;
    let finished = stores.finish(lease, &conclusion(COMPLETED)).await;
    assert_eq!(finished, Finished::Fenced);
    assert_eq!(stores.around.all_messages(ticket.id).await, [message]);
    assert_eq!(stores.around.found(ticket.id).await, before);
}

pub async fn a_finish_with_another_lease_is_fenced(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    let older = Lease { epoch: 0, ..lease };
    let stranger = Lease {
        owner: OwnerId::from_uuid(uuid()),
        ..lease
    };
    for lease in [older, stranger] {
        let finished = stores.finish(lease, &conclusion(COMPLETED)).await;
        assert_eq!(finished, Finished::Fenced);
    }
    assert_eq!(stores.found(reply.id).await, reply);
    assert_eq!(stores.around.found(ticket.id).await, ticket);
    assert_eq!(stores.around.all_messages(ticket.id).await, []);
}

pub async fn an_incomplete_reply_becomes_an_incomplete_message(stores: ReplyStores) {
    for reason in [
        IncompleteReason::MaxOutputTokens,
        IncompleteReason::ContentFilter,
    ] {
        let (ticket, lease, reply) = stores.running().await;
        stores.say(lease, &reply, &["Hel"]).await;
        let conclusion = conclusion(Verdict::Incomplete { reason });
        stores.finish(lease, &conclusion).await;

        let message_id = conclusion.message_id;
        let expected = Ending::Incomplete { message_id, reason };
        let found = stores.found(reply.id).await;
        assert_eq!(found.state, ReplyState::Ended(expected));
        let messages = stores.around.all_messages(ticket.id).await;
        let shown: Vec<_> = messages
            .iter()
            .map(|message| (message.content.as_str(), message.is_complete))
            .collect();
        assert_eq!(shown, [("Hel", false)]);
        let ticket = stores.around.found(ticket.id).await;
        assert_eq!(ticket.status, TicketStatus::Pending);
    }
}

pub async fn an_answer_that_hands_off_leaves_the_ticket_open(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    stores.say(lease, &reply, &["People will answer."]).await;
    let verdict = Verdict::Completed {
        finish_reason: FinishReason::Other,
        handoff: Some(HandoffReason::NothingFound),
    };
    let done = stores.done(lease, verdict).await;
    assert_eq!(done.handoff, Some(HandoffReason::NothingFound));
    let expected = Ticket {
        assistant_enabled: false,
        handoff: Some(Handoff {
            reason: HandoffReason::NothingFound,
            at: at(200),
        }),
        updated_at: at(200),
        version: 2,
        ..ticket
    };
    assert_eq!(stores.around.found(expected.id).await, expected);
    assert_eq!(stores.around.all_messages(expected.id).await.len(), 1);
}

pub async fn a_resolved_ticket_keeps_its_status(stores: ReplyStores) {
    let resolved = Ticket {
        status: TicketStatus::Resolved,
        ..open_ticket(stores.around.user(Role::User).await)
    };
    let ticket = stores.around.stored(resolved).await;
    let (lease, reply) = stores.granted(request(ticket.id)).await;
    stores.say(lease, &reply, &["Hello"]).await;
    stores.done(lease, COMPLETED).await;
    let found = stores.around.found(ticket.id).await;
    assert_eq!(found.status, TicketStatus::Resolved);
}

pub async fn a_failed_reply_keeps_its_text_and_leaves_no_message(stores: ReplyStores) {
    for code in [
        FailureCode::UpstreamRateLimited,
        FailureCode::UpstreamTimeout,
        FailureCode::UpstreamUnavailable,
        FailureCode::ContextTooLong,
        FailureCode::ContentRefused,
        FailureCode::Interrupted,
        FailureCode::Internal,
    ] {
        let (ticket, lease, reply) = stores.running().await;
        stores.say(lease, &reply, &["Hel", "lö"]).await;
        let conclusion = conclusion(Verdict::Failed { code });
        stores.finish(lease, &conclusion).await;
        let expected = Reply {
            state: ReplyState::Ended(Ending::Failed { code }),
            ..ended(&reply, &conclusion)
        };
        assert_eq!(stores.found(reply.id).await, expected);
        assert_eq!(stores.around.all_messages(ticket.id).await, []);
        assert_eq!(stores.around.found(ticket.id).await, ticket);
    }
}

pub async fn a_finish_whose_message_id_exists_leaves_the_reply_running(stores: ReplyStores) {
    let ticket = stores.around.ticket().await;
    let question = stores.around.ask(&ticket, "And for students?").await;
    let (lease, reply) = stores.granted(request(ticket.id)).await;
    let before = stores.around.found(ticket.id).await;
    let conclusion = Conclusion {
        message_id: question.id,
        ..conclusion(COMPLETED)
    };
    let refusal = stores.replies.finish(lease, conclusion).await;
    assert!(matches!(refusal, Err(RepositoryError::Conflict)));
    assert_eq!(stores.found(reply.id).await, reply);
    assert_eq!(stores.log(reply.id).await.len(), 1);
    assert_eq!(stores.around.found(ticket.id).await, before);
}

pub async fn a_text_of_64_kib_with_emoji_is_kept(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    let piece = EMOJI.repeat(64);
    let pieces = vec![piece.as_str(); 256];
    for chunk in deltas(beginning(&reply), &pieces).chunks(32) {
        stores.append(lease, chunk.to_vec()).await;
    }
    let done = stores.done(lease, COMPLETED).await;
    assert_eq!(done.text.len(), 64 * 1024);
    assert_eq!(done.text, pieces.concat());
    let messages = stores.around.all_messages(ticket.id).await;
    assert!(messages.iter().all(|message| message.content == done.text));
    let end = stores.last_event(reply.id).await.position;
    assert_eq!((end.sequence, end.offset), (257, 64 * 1024));
}

/// The reply after "Hel", "lö" and this end, but for its state.
fn ended(reply: &Reply, conclusion: &Conclusion) -> Reply {
    let conclusion = conclusion.clone();
    Reply {
        last_sequence: 3,
        text: "Hellö".to_owned(),
        model_served: conclusion.model_served,
        template: conclusion.template,
        prompt_digest: conclusion.prompt_digest,
        sources: conclusion.sources,
        usage: conclusion.usage,
        first_token_at: conclusion.first_token_at,
        ended_at: Some(conclusion.ended_at),
        tenure: None,
        ..reply.clone()
    }
}
