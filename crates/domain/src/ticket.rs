//! A customer's request for help, and the rules by which it moves.
//!
//! A ticket decides about itself alone: it must not know who is signed in or what a store locks.

mod change;
mod handoff;
mod list;
mod search;
mod status;
mod tags;
mod update;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use self::change::{Effect, Received, TicketChange, TicketRefusal};
pub use self::list::{AssigneeFilter, ScorePlace, TicketFilter, TicketOrder, TimePlace};
pub use self::search::{Term, TicketSearch};
pub use self::status::{InvalidTransition, Move, TicketStatus};
pub use self::tags::{Tag, TagError, Tags};
pub use self::update::{ExpectedVersion, Setting, TicketUpdate};
use crate::handoff::Handoff;
use crate::ids::{TicketId, UserId};
use crate::names::named;
use crate::text::text;

text!(
    /// A ticket's subject line.
    Title,
    max = 200
);
text!(
    /// What the customer wrote when opening the ticket.
    Description,
    max = 10_000
);

/// How soon a ticket wants attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Can wait.
    Low,
    /// The usual.
    #[default]
    Normal,
    /// Before the usual.
    High,
    /// At once.
    Urgent,
}

named!(Priority {
    Low = "low",
    Normal = "normal",
    High = "high",
    Urgent = "urgent",
});

impl Priority {
    pub(crate) const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];
}

/// A slug that sorts tickets by subject, such as `billing`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category(String);

/// Why a category was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "must be 1 to {} lower-case letters, digits and single hyphens",
    Category::MAX_CHARS
)]
pub struct CategoryError;

impl Category {
    /// The greatest length in characters.
    pub const MAX_CHARS: usize = 64;

    /// Accepts a slug: `a-z`, `0-9` and inner single hyphens.
    ///
    /// # Errors
    /// [`CategoryError`] when it is none.
    pub fn parse(raw: impl Into<String>) -> Result<Self, CategoryError> {
        let raw = raw.into();
        if raw.len() <= Self::MAX_CHARS && is_slug(&raw) {
            Ok(Self(raw))
        } else {
            Err(CategoryError)
        }
    }

    /// The slug.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text is lower-case ASCII words joined by single hyphens.
pub(crate) fn is_slug(raw: &str) -> bool {
    raw.split('-').all(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

/// A request for help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Identity.
    pub id: TicketId,
    /// The customer who opened it.
    pub user_id: UserId,
    /// Subject line.
    pub title: Title,
    /// The opening question.
    pub description: Description,
    /// Subject area, if one was given.
    pub category: Option<Category>,
    /// Urgency.
    pub priority: Priority,
    /// What staff sorted it by.
    pub tags: Tags,
    /// Where it stands.
    pub status: TicketStatus,
    /// The agent in charge, if any.
    pub assignee_id: Option<UserId>,
    /// Whether the assistant answers here.
    pub assistant_enabled: bool,
    /// Why it does not, while it does not; not known of tickets of long ago.
    pub handoff: Option<Handoff>,
    /// Answers of the assistant since it was last switched on, or the ticket was resolved.
    pub turns: i32,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it, or its messages, last changed.
    pub updated_at: DateTime<Utc>,
    /// Raised by every change and every message; starts at 1.
    pub version: i64,
}

/// What a customer gives to open a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTicket {
    /// Subject line.
    pub title: Title,
    /// The opening question.
    pub description: Description,
    /// Subject area, if any.
    pub category: Option<Category>,
    /// Urgency.
    pub priority: Priority,
}

impl Ticket {
    /// Opens a ticket: status `open`, assistant on.
    pub fn open(id: TicketId, user_id: UserId, new: NewTicket, at: DateTime<Utc>) -> Self {
        Self {
            id,
            user_id,
            title: new.title,
            description: new.description,
            category: new.category,
            priority: new.priority,
            tags: Tags::default(),
            status: TicketStatus::Open,
            assignee_id: None,
            assistant_enabled: true,
            handoff: None,
            turns: 0,
            created_at: at,
            updated_at: at,
            version: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_are_slugs() {
        assert!(Category::parse("billing-2").is_ok());
        for raw in ["", "Billing", "a--b", "-a", "a-", "a b", "ä"] {
            assert_eq!(Category::parse(raw), Err(CategoryError), "{raw:?}");
        }
        assert_eq!(Category::parse("a".repeat(65)), Err(CategoryError));
    }
}
