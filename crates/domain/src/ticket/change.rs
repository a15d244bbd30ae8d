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
mod tests;
