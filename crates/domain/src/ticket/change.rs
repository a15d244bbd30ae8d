use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::handoff::HandoffReason;
use crate::ids::UserId;
use crate::message::{Author, Visibility};
use crate::reply::{Answer, CancelReason, CancelledBy, Conclusion};
use crate::ticket::{ExpectedVersion, InvalidTransition, Move, Ticket, TicketStatus, TicketUpdate};
use crate::user::Actor;

/// A change asked for by a person; applied by [`Ticket::apply`] while the ticket is locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TicketChange {
    /// Switch the assistant off, so that people answer.
    HandOff {
        /// Who asked for it.
        by: UserId,
    },
    /// Change fields, all or none.
    Update {
        /// Who asked for it; whether the fields are theirs to change was checked.
        by: Actor,
        /// The fields.
        update: TicketUpdate,
        /// What the ticket is thought to be.
        expected: ExpectedVersion,
    },
}

/// Why a ticket does not take a message or a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TicketRefusal {
    /// Closed tickets take no public messages.
    #[error("the ticket is closed")]
    Closed,
    /// The status machine has no such move.
    #[error(transparent)]
    InvalidTransition(#[from] InvalidTransition),
    /// Nobody makes a ticket wait for its customer but by answering.
    #[error("only an answer makes a ticket pending")]
    OnlyAnswersMakePending,
    /// The machine has the move, but not for customers.
    #[error("a ticket can {} by staff only", .0.as_verb())]
    MoveIsForStaff(Move),
    /// The ticket has changed since it was looked at.
    #[error("the ticket has changed meanwhile")]
    VersionMismatch,
}

/// What a change of the ticket means for a reply that is still running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It goes on.
    None,
    /// It ends here, in the same transaction.
    CancelReply {
        /// Why.
        reason: CancelReason,
        /// Whose doing it is.
        by: CancelledBy,
    },
}

/// What a ticket takes of a generation that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// What becomes a message.
    pub answer: Option<Answer>,
    /// Why people take over with it, if they do.
    pub handoff: Option<HandoffReason>,
}

impl Received {
    /// Whether the ticket is another one now.
    pub const fn changes_ticket(&self) -> bool {
        self.answer.is_some() || self.handoff.is_some()
    }
}

impl Ticket {
    /// Takes in a message that is about to be stored.
    ///
    /// A customer's message reopens the ticket and supersedes a running reply. A public message of
    /// an agent answers it, switches the assistant off and cancels a running reply. An internal
    /// note only raises the version.
    ///
    /// # Errors
    /// [`TicketRefusal::Closed`] for a public message to a closed ticket.
    pub fn receive(
        &mut self,
        author: Author,
        visibility: Visibility,
        at: DateTime<Utc>,
    ) -> Result<Effect, TicketRefusal> {
        let effect = match (author, visibility) {
            (_, Visibility::Internal) => Effect::None,
            (_, Visibility::Public) if self.status == TicketStatus::Closed => {
                return Err(TicketRefusal::Closed);
            }
            (Author::Customer(_), Visibility::Public) => {
                self.status = self.status.after(Move::CustomerWrites)?;
                Effect::CancelReply {
                    reason: CancelReason::Superseded,
                    by: CancelledBy::Customer,
                }
            }
            (Author::Agent(_), Visibility::Public) => {
                self.status = self.status.after(Move::Answer)?;
                self.hand_off(HandoffReason::Agent, at);
                Effect::CancelReply {
                    reason: CancelReason::Handoff,
                    by: CancelledBy::Agent,
                }
            }
            (Author::Assistant, Visibility::Public) => {
                self.status = self.status.after(Move::Answer)?;
                self.count_turn();
                Effect::None
            }
        };
        self.touch(at);
        Ok(effect)
    }

    /// Takes in what a generation came to in an attempt of which so many were used; answers what of
    /// it becomes a message, and whether people take over with it.
    ///
    /// An answer moves the ticket on. One that hands over to people leaves it as it is, since its
    /// customer still waits, and switches the assistant off; so do a quota that is used up, a
    /// host that refuses what the model is asked, and a model that failed in the last of the attempts
    /// made unasked. Another failure changes nothing.
    ///
    /// # Errors
    /// [`TicketRefusal::Closed`] for an answer to a closed ticket.
    pub fn receive_answer(
        &mut self,
        conclusion: &Conclusion,
        attempts_used: i32,
    ) -> Result<Received, TicketRefusal> {
        let at = conclusion.ended_at;
        let answer = conclusion.verdict.answer();
        let handoff = conclusion.verdict.handoff(attempts_used);
        match (answer, handoff) {
            (None, None) => {}
            (Some(_), None) => {
                self.receive(Author::Assistant, Visibility::Public, at)?;
            }
            (_, Some(_)) if self.status == TicketStatus::Closed => {
                return Err(TicketRefusal::Closed);
            }
            (_, Some(reason)) => {
                self.hand_off(reason, at);
                self.touch(at);
            }
        }
        Ok(Received { answer, handoff })
    }

    /// Applies a change. One that changes nothing raises no version.
    ///
    /// # Errors
    /// [`TicketRefusal`] when the ticket does not allow it.
    pub fn apply(
        &mut self,
        change: &TicketChange,
        at: DateTime<Utc>,
    ) -> Result<Effect, TicketRefusal> {
        match change {
            TicketChange::HandOff { by } => {
                let by = self.part_of(*by);
                if self.assistant_enabled {
                    self.hand_off(HandoffReason::by(by), at);
                    self.touch(at);
                }
                Ok(Effect::CancelReply {
                    reason: CancelReason::Handoff,
                    by,
                })
            }
            TicketChange::Update {
                by,
                update,
                expected,
            } => {
                expected.check(self.version)?;
                self.update(*by, update, at)
            }
        }
    }

    pub(super) fn touch(&mut self, at: DateTime<Utc>) {
        self.version += 1;
        // Replicas' clocks differ a little; a ticket's own times never run backwards.
        self.updated_at = self.updated_at.max(at);
    }
}

#[cfg(test)]
mod tests {
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
}
