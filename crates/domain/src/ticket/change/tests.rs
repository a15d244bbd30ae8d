use uuid::Uuid;

use super::*;
use crate::ids::{MessageId, TicketId};
use crate::reply::{FailureCode, FinishReason, IncompleteReason, Verdict};
use crate::ticket::{Description, NewTicket, Priority, Title};

fn ticket(status: TicketStatus) -> Ticket {
    let new = NewTicket {
        title: Title::parse("Refund").unwrap(),
        description: Description::parse("How?").unwrap(),
        category: None,
        priority: Priority::Normal,
    };
    let id = TicketId::from_uuid(Uuid::from_u128(1));
    Ticket {
        status,
        ..Ticket::open(id, customer(), new, DateTime::UNIX_EPOCH)
    }
}

fn customer() -> UserId {
    UserId::from_uuid(Uuid::from_u128(2))
}

fn agent() -> UserId {
    UserId::from_uuid(Uuid::from_u128(3))
}

#[test]
fn a_customer_message_reopens_and_supersedes() {
    let mut ticket = ticket(TicketStatus::Resolved);
    let effect = ticket
        .receive(
            Author::Customer(customer()),
            Visibility::Public,
            DateTime::UNIX_EPOCH,
        )
        .unwrap();
    assert_eq!((ticket.status, ticket.version), (TicketStatus::Open, 2));
    assert!(matches!(
        effect,
        Effect::CancelReply {
            reason: CancelReason::Superseded,
            ..
        }
    ));
}

#[test]
fn an_agents_answer_switches_the_assistant_off() {
    let mut ticket = ticket(TicketStatus::Open);
    ticket
        .receive(
            Author::Agent(agent()),
            Visibility::Public,
            DateTime::UNIX_EPOCH,
        )
        .unwrap();
    assert_eq!(
        (ticket.status, ticket.assistant_enabled),
        (TicketStatus::Pending, false)
    );
}

#[test]
fn an_internal_note_changes_the_version_only() {
    let mut ticket = ticket(TicketStatus::Closed);
    let effect = ticket
        .receive(
            Author::Agent(agent()),
            Visibility::Internal,
            DateTime::UNIX_EPOCH,
        )
        .unwrap();
    assert_eq!(effect, Effect::None);
    assert_eq!((ticket.status, ticket.version), (TicketStatus::Closed, 2));
    assert!(ticket.assistant_enabled);
}

#[test]
fn closed_tickets_refuse_public_messages() {
    for author in [
        Author::Customer(customer()),
        Author::Agent(agent()),
        Author::Assistant,
    ] {
        let refusal = ticket(TicketStatus::Closed)
            .receive(author, Visibility::Public, DateTime::UNIX_EPOCH)
            .unwrap_err();
        assert_eq!(refusal, TicketRefusal::Closed);
    }
}

fn conclusion(verdict: Verdict) -> Conclusion {
    Conclusion {
        verdict,
        message_id: MessageId::from_uuid(Uuid::from_u128(4)),
        model_served: None,
        template: None,
        prompt_digest: None,
        sources: Vec::new(),
        usage: None,
        first_token_at: None,
        ended_at: DateTime::UNIX_EPOCH,
    }
}

fn completed(hands_off: bool) -> Conclusion {
    conclusion(Verdict::Completed {
        finish_reason: FinishReason::Stop,
        handoff: hands_off.then_some(HandoffReason::NothingFound),
    })
}

#[test]
fn an_answer_moves_the_ticket_on() {
    let mut ticket = ticket(TicketStatus::Open);
    let received = ticket.receive_answer(&completed(false), 1).unwrap();
    assert_eq!(received.handoff, None);
    assert_eq!(received.answer.map(|answer| answer.is_complete), Some(true));
    assert_eq!((ticket.status, ticket.version), (TicketStatus::Pending, 2));
}

#[test]
fn an_answer_that_hands_off_leaves_the_ticket_open() {
    let mut ticket = ticket(TicketStatus::Open);
    ticket.receive_answer(&completed(true), 1).unwrap();
    assert_eq!(
        (ticket.status, ticket.assistant_enabled),
        (TicketStatus::Open, false)
    );
}

#[test]
fn an_answer_that_was_cut_off_is_not_complete() {
    let reason = IncompleteReason::MaxOutputTokens;
    let received = ticket(TicketStatus::Open)
        .receive_answer(&conclusion(Verdict::Incomplete { reason }), 1)
        .unwrap();
    let cut_off = Answer {
        finish_reason: FinishReason::Length,
        is_complete: false,
    };
    assert_eq!(received.answer, Some(cut_off));
}

#[test]
fn a_failure_changes_nothing_unless_it_is_the_last_of_a_model_that_is_down() {
    for (code, attempts_used, handoff) in [
        (FailureCode::Internal, 3, None),
        (FailureCode::Interrupted, 3, None),
        (FailureCode::UpstreamTimeout, 1, None),
        (FailureCode::UpstreamTimeout, 2, None),
        (
            FailureCode::UpstreamTimeout,
            3,
            Some(HandoffReason::UpstreamDown),
        ),
        (
            FailureCode::UpstreamRejected,
            1,
            Some(HandoffReason::UpstreamDown),
        ),
        (FailureCode::ContextTooLong, 1, None),
    ] {
        let mut ticket = ticket(TicketStatus::Open);
        let before = ticket.clone();
        let failed = conclusion(Verdict::Failed { code });
        let received = ticket.receive_answer(&failed, attempts_used).unwrap();
        assert_eq!((received.answer, received.handoff), (None, handoff));
        assert_eq!(received.changes_ticket(), ticket != before);
        assert_eq!((ticket.status, ticket.turns), (before.status, 0));
    }
}

#[test]
fn a_quota_that_is_used_up_hands_off_without_an_answer() {
    let mut ticket = ticket(TicketStatus::Open);
    let received = ticket
        .receive_answer(&conclusion(Verdict::OverQuota), 1)
        .unwrap();
    assert_eq!(
        (received.answer, received.handoff),
        (None, Some(HandoffReason::Quota))
    );
    assert_eq!(
        (ticket.status, ticket.assistant_enabled),
        (TicketStatus::Open, false)
    );
}

#[test]
fn a_closed_ticket_takes_no_answer() {
    for hands_off in [false, true] {
        let refused = ticket(TicketStatus::Closed).receive_answer(&completed(hands_off), 1);
        assert_eq!(refused, Err(TicketRefusal::Closed));
    }
}

#[test]
fn handing_off_twice_is_one_change() {
    let mut ticket = ticket(TicketStatus::Open);
    let change = TicketChange::HandOff { by: customer() };
    ticket.apply(&change, DateTime::UNIX_EPOCH).unwrap();
    ticket.apply(&change, DateTime::UNIX_EPOCH).unwrap();
    assert_eq!((ticket.version, ticket.assistant_enabled), (2, false));
}
