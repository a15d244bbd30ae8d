use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::names::named;

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketStatus {
    /// The customer waits for an answer.
    Open,
    /// An answer was given; the customer's turn.
    Pending,
    /// The question is settled; a new message reopens it.
    Resolved,
    /// Archived; the customer cannot write here any more.
    Closed,
}

/// What happens to a ticket's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// The customer wrote a message.
    CustomerWrites,
    /// An agent or the assistant answered in public.
    Answer,
    /// The owner or an agent says it is settled.
    Resolve,
    /// An agent archives it.
    Close,
    /// An agent takes it up again.
    Reopen,
}

/// A move that the status machine does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a ticket that is {} cannot {}", from.as_str(), attempted.as_verb())]
pub struct InvalidTransition {
    /// Where the ticket stands.
    pub from: TicketStatus,
    /// What was tried.
    pub attempted: Move,
}

impl Move {
    pub(super) const fn as_verb(self) -> &'static str {
        match self {
            Self::CustomerWrites => "take a customer's message",
            Self::Answer => "take an answer",
            Self::Resolve => "be resolved",
            Self::Close => "be closed",
            Self::Reopen => "be reopened",
        }
    }
}

named!(TicketStatus {
    Open = "open",
    Pending = "pending",
    Resolved = "resolved",
    Closed = "closed",
});

impl TicketStatus {
    /// Every status, in the order in which a ticket passes them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Pending, Self::Resolved, Self::Closed];

    /// Where a move leads.
    ///
    /// # Errors
    /// [`InvalidTransition`] when the machine has no such move from here.
    pub fn after(self, attempted: Move) -> Result<Self, InvalidTransition> {
        use TicketStatus::{Closed, Open, Pending, Resolved};
        match (self, attempted) {
            (Open | Pending | Resolved, Move::CustomerWrites)
            | (Resolved | Closed, Move::Reopen) => Ok(Open),
            (Open | Pending, Move::Answer) => Ok(Pending),
            // An answer that arrives late does not undo a resolution.
            (Resolved, Move::Answer) | (Open | Pending, Move::Resolve) => Ok(Resolved),
            (Open | Pending | Resolved, Move::Close) => Ok(Closed),
            (from, attempted) => Err(InvalidTransition { from, attempted }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_has_exactly_these_moves() {
        use Move::{Answer, Close, CustomerWrites, Reopen, Resolve};
        use TicketStatus::{Closed, Open, Pending, Resolved};
        let moves = [CustomerWrites, Answer, Resolve, Close, Reopen];
        let table = [
            (
                Open,
                [
                    Some(Open),
                    Some(Pending),
                    Some(Resolved),
                    Some(Closed),
                    None,
                ],
            ),
            (
                Pending,
                [
                    Some(Open),
                    Some(Pending),
                    Some(Resolved),
                    Some(Closed),
                    None,
                ],
            ),
            (
                Resolved,
                [Some(Open), Some(Resolved), None, Some(Closed), Some(Open)],
            ),
            (Closed, [None, None, None, None, Some(Open)]),
        ];
        for (from, row) in table {
            for (attempted, to) in moves.into_iter().zip(row) {
                assert_eq!(from.after(attempted).ok(), to, "{from:?} {attempted:?}");
            }
        }
    }

    #[test]
    fn a_refused_move_says_what_was_tried() {
        let refusal = TicketStatus::Closed.after(Move::Resolve).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "a ticket that is closed cannot be resolved"
        );
    }
}
