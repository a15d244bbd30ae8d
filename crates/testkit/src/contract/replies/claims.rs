//! Who may generate an answer, and to what.

use std::sync::Arc;

use domain::ids::{OwnerId, QuestionId, ReplyId};
use domain::message::Author;
use domain::ports::{Claim, ClaimRequest, RepositoryError};
use domain::reply::{EventKind, Lease, LoggedEvent, Position, Reply, ReplyState, Tenure};
use domain::ticket::{Ticket, TicketStatus};
use domain::user::Role;
use tokio::task::JoinSet;

use super::fixtures::{COMPLETED, request};
use crate::contract::ReplyStores;
use crate::contract::fixtures::{note, open_ticket, public, uuid};

pub async fn a_claim_begins_a_reply_and_its_log(stores: ReplyStores) {
    let ticket = stores.around.ticket().await;
    let request = request(ticket.id);
    let (lease, reply) = stores.granted(request.clone()).await;

    let expected = Reply {
        id: request.reply_id,
        ticket_id: ticket.id,
        user_id: ticket.user_id,
        question: QuestionId::description(ticket.id),
        attempt: 1,
        handovers: 0,
        state: ReplyState::Streaming,
        handoff: None,
        last_sequence: 0,
        restart: None,
        text: String::new(),
        model: request.model,
        model_served: None,
        template: None,
        prompt_digest: None,
        sources: Vec::new(),
        usage: None,
        created_at: request.at,
        attempt_started_at: request.at,
        first_token_at: None,
        ended_at: None,
        tenure: Some(Tenure {
            owner: request.owner,
            expired: false,
        }),
    };
    assert_eq!(reply, expected);
    assert_eq!(stores.found(reply.id).await, expected);
    let held = Lease {
        reply_id: request.reply_id,
        owner: request.owner,
        epoch: 1,
    };
    assert_eq!(lease, held);
    let created = LoggedEvent {
        position: Position {
            attempt: 1,
            sequence: 0,
            offset: 0,
        },
        kind: EventKind::Created,
    };
    assert_eq!(stores.log(reply.id).await, [created]);
    assert_eq!(stores.around.found(ticket.id).await, ticket);
}

pub async fn of_fifty_claims_at_once_one_is_granted(stores: ReplyStores) {
    let ticket = stores.around.ticket().await;
    let mut claims = JoinSet::new();
    for _ in 0..50 {
        let replies = Arc::clone(&stores.replies);
        let request = request(ticket.id);
        claims.spawn(async move { replies.claim(request).await.expect("answered") });
    }
    let mut granted = Vec::new();
    let mut existing = Vec::new();
    for claim in claims.join_all().await {
        match claim {
            Claim::Granted(_, reply) => granted.push(reply.id),
            Claim::Existing(reply) => existing.push(reply.id),
            other => assert!(matches!(other, Claim::Granted(..)), "{other:?}"),
        }
    }
    assert_eq!((granted.len(), existing.len()), (1, 49));
    assert!(existing.iter().all(|id| granted.contains(id)));
}

pub async fn a_question_never_gets_a_second_reply(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    assert_eq!(stores.existing(request(ticket.id)).await, reply);
    stores.say(lease, &reply, &["Hello"]).await;
    let ended = stores.done(lease, COMPLETED).await;
    assert_eq!(stores.existing(request(ticket.id)).await, ended);
}

pub async fn the_description_is_the_question_until_the_customer_writes(stores: ReplyStores) {
    let (ticket, _, first) = stores.running().await;
    assert_eq!(first.question, QuestionId::description(ticket.id));
    let message = stores.around.ask(&ticket, "And for students?").await;
    let (_, second) = stores.granted(request(ticket.id)).await;
    assert_eq!(second.question, QuestionId::message(message.id));
    assert_ne!(second.id, first.id);
}

pub async fn internal_notes_are_no_questions(stores: ReplyStores) {
    let ticket = stores.around.ticket().await;
    let asked = stores.around.ask(&ticket, "And for students?").await;
    let agent = stores.around.user(Role::Agent).await;
    stores.around.appended(note(&ticket, agent, "Hm.")).await;
    let (_, reply) = stores.granted(request(ticket.id)).await;
    assert_eq!(reply.question, QuestionId::message(asked.id));
}

pub async fn a_question_that_an_agent_answered_is_nothing_to_answer(stores: ReplyStores) {
    let agent = Author::Agent(stores.around.user(Role::Agent).await);
    for asks in [false, true] {
        let ticket = stores.around.ticket().await;
        if asks {
            stores.around.ask(&ticket, "And for students?").await;
        }
        stores.around.appended(public(&ticket, agent, "Yes.")).await;
        assert_eq!(
            stores.claim(request(ticket.id)).await,
            Claim::NothingToAnswer
        );
        // The next question waits for an answer again, though not for the assistant's.
        stores.around.ask(&ticket, "Really?").await;
        assert_eq!(stores.claim(request(ticket.id)).await, Claim::AssistantOff);
    }
}

pub async fn a_closed_or_unknown_ticket_has_nothing_to_answer(stores: ReplyStores) {
    let closed = Ticket {
        status: TicketStatus::Closed,
        ..open_ticket(stores.around.user(Role::User).await)
    };
    let closed = stores.around.stored(closed).await;
    let unknown = domain::ids::TicketId::from_uuid(uuid());
    for id in [closed.id, unknown] {
        assert_eq!(stores.claim(request(id)).await, Claim::NothingToAnswer);
        let current = stores.replies.find_current(id).await;
        assert_eq!(current.expect("read"), None);
    }
}

pub async fn an_assistant_that_is_off_does_not_begin(stores: ReplyStores) {
    let ticket = stores.around.ticket().await;
    stores.hand_off(&ticket, ticket.user_id).await;
    assert_eq!(stores.claim(request(ticket.id)).await, Claim::AssistantOff);
    let current = stores.replies.find_current(ticket.id).await;
    assert_eq!(current.expect("read"), None);
}

pub async fn what_exists_is_answered_though_the_assistant_is_off(stores: ReplyStores) {
    let (ticket, lease, _) = stores.running().await;
    let ended = stores.done(lease, COMPLETED).await;
    stores.hand_off(&ticket, ticket.user_id).await;
    assert_eq!(stores.existing(request(ticket.id)).await, ended);
}

pub async fn find_current_follows_the_newest_question(stores: ReplyStores) {
    let ticket = stores.around.ticket().await;
    let current = async || stores.replies.find_current(ticket.id).await.expect("read");
    assert_eq!(current().await, None);
    let (_, first) = stores.granted(request(ticket.id)).await;
    assert_eq!(current().await, Some(first));
    stores.around.ask(&ticket, "And for students?").await;
    assert_eq!(current().await, None);
    let (_, second) = stores.granted(request(ticket.id)).await;
    assert_eq!(current().await, Some(second));
}

pub async fn an_unknown_reply_is_none(stores: ReplyStores) {
    stores.running().await;
    let found = stores.replies.find(ReplyId::from_uuid(uuid())).await;
    assert_eq!(found.expect("read"), None);
}

pub async fn a_reply_id_that_exists_conflicts_and_leaves_nothing_behind(stores: ReplyStores) {
    let (.., reply) = stores.running().await;
    let other = stores.around.ticket().await;
    let refusal = stores
        .replies
        .claim(ClaimRequest {
            reply_id: reply.id,
            owner: OwnerId::from_uuid(uuid()),
            ..request(other.id)
        })
        .await;
    assert!(matches!(refusal, Err(RepositoryError::Conflict)));
    assert_eq!(stores.found(reply.id).await, reply);
    stores.granted(request(other.id)).await;
}
