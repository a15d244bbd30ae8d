use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::names::named;
use crate::text::{TextError, storable};

/// How a customer liked an answer of the assistant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// It helped.
    Up,
    /// It did not.
    Down,
}

named!(Rating {
    Up = "up",
    Down = "down",
});

/// What a customer says about an answer; it may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedbackComment(String);

impl FeedbackComment {
    /// The greatest length in characters.
    pub const MAX_CHARS: usize = 2000;

    /// Accepts up to [`Self::MAX_CHARS`] characters, kept exactly as typed.
    ///
    /// # Errors
    /// [`TextError`] when it is over-long or contains U+0000.
    pub fn parse(raw: impl Into<String>) -> Result<Self, TextError> {
        storable(raw.into(), Self::MAX_CHARS).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A customer's judgement of one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feedback {
    /// Whether it helped.
    pub rating: Rating,
    /// What they say about it.
    pub comment: Option<FeedbackComment>,
    /// When they said so last.
    pub updated_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_may_be_empty_but_not_endless() {
        assert!(FeedbackComment::parse("").is_ok());
        assert!(FeedbackComment::parse("ä".repeat(2000)).is_ok());
        let long = FeedbackComment::parse("ä".repeat(2001));
        assert_eq!(long, Err(TextError::TooLong { max: 2000 }));
        assert_eq!(FeedbackComment::parse("\0"), Err(TextError::Nul));
    }
}
