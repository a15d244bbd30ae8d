use chrono::{DateTime, Utc};

use super::{Category, Priority, Tag, Ticket, TicketSearch, TicketStatus};
use crate::ids::{TicketId, UserId};

/// Which tickets a list shows: those that everything here fits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TicketFilter {
    /// Only this customer's.
    pub user_id: Option<UserId>,
    /// Only those that stand so.
    pub status: Option<TicketStatus>,
    /// Only those that this agent, or nobody, is in charge of.
    pub assignee: Option<AssigneeFilter>,
    /// Only those of this urgency.
    pub priority: Option<Priority>,
    /// Only those of this subject area.
    pub category: Option<Category>,
    /// Only those that have this tag.
    pub tag: Option<Tag>,
    /// Only those in which this is found.
    pub search: Option<TicketSearch>,
}

/// Who is in charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssigneeFilter {
    /// Nobody.
    Nobody,
    /// This agent.
    Agent(UserId),
}

/// The order of a list, and the place in it where a page starts: everything before it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketOrder {
    /// The newest first.
    CreatedAt {
        /// The last ticket seen.
        after: Option<TimePlace>,
    },
    /// First what changed last.
    UpdatedAt {
        /// The last ticket seen.
        after: Option<TimePlace>,
    },
    /// First what fits the filter's search best. Without a search nothing fits.
    Relevance {
        /// The last ticket seen.
        after: Option<ScorePlace>,
    },
}

/// A place in a list by times, the latest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimePlace {
    /// The time of the ticket that stands there.
    pub at: DateTime<Utc>,
    /// Its id, which orders tickets of the same microsecond.
    pub id: TicketId,
}

/// A place in a list by relevance, the greatest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScorePlace {
    /// How well the ticket that stands there fits, on a scale that only its store knows.
    pub score: i64,
    /// Its id, which orders tickets that fit as well.
    pub id: TicketId,
}

impl TicketOrder {
    /// The same order, from behind this ticket on. The score counts in lists by relevance only.
    #[must_use]
    pub fn behind(self, ticket: &Ticket, score: i64) -> Self {
        let id = ticket.id;
        let time = |at| Some(TimePlace { at, id });
        match self {
            Self::CreatedAt { .. } => Self::CreatedAt {
                after: time(ticket.created_at),
            },
            Self::UpdatedAt { .. } => Self::UpdatedAt {
                after: time(ticket.updated_at),
            },
            Self::Relevance { .. } => Self::Relevance {
                after: Some(ScorePlace { score, id }),
            },
        }
    }
}

impl Default for TicketOrder {
    fn default() -> Self {
        Self::CreatedAt { after: None }
    }
}
