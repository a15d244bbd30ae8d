//! When people answer instead of the assistant, and why.
//!
//! The rules must not ask a model, and must not know how the reason reaches anybody.

mod rules;
mod wish;

use chrono::{DateTime, Utc};

pub use self::rules::{Case, HandoffRules, RuledHandoff};
pub use self::wish::{Language, wish_for_a_person};
use crate::names::named;
use crate::reply::{CancelReason, CancelledBy};

/// Why the assistant was switched off for a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HandoffReason {
    /// The customer asked for a person.
    Requested,
    /// The assistant answered several times and nothing was resolved.
    Turns,
    /// A quota of tokens was used up.
    Quota,
    /// The model did not answer, however often it was asked.
    UpstreamDown,
    /// No help article answers the question.
    NothingFound,
    /// The customer switched the assistant off.
    Customer,
    /// An agent took over.
    Agent,
}
named!(HandoffReason {
    Requested = "requested",
    Turns = "turns",
    Quota = "quota",
    UpstreamDown = "upstream_down",
    NothingFound = "nothing_found",
    Customer = "customer",
    Agent = "agent",
});

impl HandoffReason {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Requested,
        Self::Turns,
        Self::Quota,
        Self::UpstreamDown,
        Self::NothingFound,
        Self::Customer,
        Self::Agent,
    ];

    /// The handoff that a running reply was cancelled for, if it was for one.
    pub const fn of_cancellation(reason: CancelReason, by: CancelledBy) -> Option<Self> {
        match (reason, by) {
            (CancelReason::Handoff, CancelledBy::Customer) => Some(Self::Customer),
            (CancelReason::Handoff, CancelledBy::Agent) => Some(Self::Agent),
            (CancelReason::Quota, _) => Some(Self::Quota),
            (
                CancelReason::Handoff
                | CancelReason::User
                | CancelReason::Superseded
                | CancelReason::Closed,
                _,
            ) => None,
        }
    }

    /// The handoff that a person who acts in that part causes.
    pub(crate) const fn by(part: CancelledBy) -> Self {
        match part {
            CancelledBy::Customer => Self::Customer,
            CancelledBy::Agent | CancelledBy::System => Self::Agent,
        }
    }

    /// Whether nobody wanted people, but the means for an answer were missing: who asks for another
    /// attempt by name then gets the assistant back with it.
    pub const fn is_for_want_of_means(self) -> bool {
        matches!(self, Self::Quota | Self::UpstreamDown)
    }
}

/// The assistant was switched off for a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handoff {
    /// Why.
    pub reason: HandoffReason,
    /// When.
    pub at: DateTime<Utc>,
}
