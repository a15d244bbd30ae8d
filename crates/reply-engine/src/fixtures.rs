//! What unit tests share.

use chrono::DateTime;
use domain::ids::{QuestionId, ReplyId, TicketId, UserId};
use domain::reply::{Reply, ReplyState};
use uuid::Uuid;

/// A reply whose first attempt has just begun.
pub(crate) fn running_reply() -> Reply {
    let ticket_id = TicketId::from_uuid(Uuid::from_u128(1));
    Reply {
        id: ReplyId::from_uuid(Uuid::from_u128(2)),
        ticket_id,
        user_id: UserId::from_uuid(Uuid::from_u128(3)),
        question: QuestionId::description(ticket_id),
        attempt: 1,
        handovers: 0,
        state: ReplyState::Streaming,
        handoff: None,
        last_sequence: 0,
        restart: None,
        text: String::new(),
        model: "scripted".to_owned(),
        model_served: None,
        template: None,
        prompt_digest: None,
        sources: Vec::new(),
        usage: None,
        created_at: DateTime::UNIX_EPOCH,
        attempt_started_at: DateTime::UNIX_EPOCH,
        first_token_at: None,
        ended_at: None,
        tenure: None,
    }
}
