//! One answer of the assistant to one customer message, from its claim to its end.
//!
//! What moves a reply may make is told here. How text is generated, logged or followed must not be.

mod conclusion;
mod event;
pub(crate) mod outcome;

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use self::conclusion::{Answer, Conclusion, Verdict};
pub use self::event::{EventId, EventKind, LoggedEvent, Position};
pub use self::outcome::{
    CancelReason, CancelledBy, Ending, FailureCode, FinishReason, IncompleteReason, ReplyState,
    RestartReason, StateParts, Usage,
};
use crate::handoff::HandoffReason;
use crate::ids::{ArticleId, OwnerId, QuestionId, ReplyId, TicketId, UserId};

/// An answer of the assistant, running or ended. There is one per customer message, for ever.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// Identity.
    pub id: ReplyId,
    /// The ticket it belongs to.
    pub ticket_id: TicketId,
    /// The ticket's owner, on whose limits the reply counts.
    pub user_id: UserId,
    /// What it answers.
    pub question: QuestionId,
    /// The number of the present attempt, from 1.
    pub attempt: i32,
    /// How many of these attempts were given back unfinished by a process that shut down.
    pub handovers: i32,
    /// Running, or how it ended.
    pub state: ReplyState,
    /// Why people took over with its end, if they did.
    pub handoff: Option<HandoffReason>,
    /// The number of the last logged event; the first is 0.
    pub last_sequence: i64,
    /// Where the present attempt began, when it is not the first.
    pub restart: Option<Restart>,
    /// The whole text once the reply has ended, empty while it runs: until then the event log
    /// holds the text.
    pub text: String,
    /// The model that is to be asked; [`model_asked`](Self::model_asked) tells whether it was.
    pub model: String,
    /// The model that says it answered.
    pub model_served: Option<String>,
    /// The prompt it was made from.
    pub template: Option<TemplateRef>,
    /// What was rendered from that, in short.
    pub prompt_digest: Option<PromptDigest>,
    /// The passages given to the model, numbered from 1 in this order.
    pub sources: Vec<Source>,
    /// Tokens spent, when the model told.
    pub usage: Option<Usage>,
    /// When the first attempt was claimed.
    pub created_at: DateTime<Utc>,
    /// When the present attempt was claimed.
    pub attempt_started_at: DateTime<Utc>,
    /// When the first text of the present attempt came.
    pub first_token_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who generates it and whether that lease is still good; none once it has ended.
    pub tenure: Option<Tenure>,
}

impl Reply {
    /// Whether it is at its end.
    pub const fn has_ended(&self) -> bool {
        matches!(self.state, ReplyState::Ended(_))
    }

    /// The model that was asked, as far as is known: what it is asked is kept with the reply, and
    /// where a rule or a quota decided, nothing is.
    pub fn model_asked(&self) -> Option<&str> {
        self.prompt_digest.map(|_| self.model.as_str())
    }

    /// Whether it failed in a way that another attempt may mend.
    pub const fn is_retryable(&self) -> bool {
        self.state.is_retryable()
    }

    /// How many attempts count: those that were handed over do not.
    pub const fn attempts_used(&self) -> i32 {
        self.attempt - self.handovers
    }
}

/// The beginning of an attempt after the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restart {
    /// The number of the event that announced it.
    pub sequence: i64,
    /// Why the text before it was given up.
    pub reason: RestartReason,
}

/// The hold of a process on a running reply, as the database's clock saw it when it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenure {
    /// The process that generates.
    pub owner: OwnerId,
    /// Whether its lease has run out, so that anybody may take over.
    pub expired: bool,
}

/// The right to write to one reply. It is void as soon as somebody took over with a higher epoch,
/// or the reply has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The reply.
    pub reply_id: ReplyId,
    /// The process that holds it.
    pub owner: OwnerId,
    /// Raised by each takeover and each new attempt; fences off older holders.
    pub epoch: i32,
}

/// A prompt template by name and version.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TemplateRef {
    /// The template's name.
    pub name: String,
    /// Its version, from 1.
    pub version: i32,
}

/// The SHA-256 of a whole prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromptDigest([u8; 32]);

impl PromptDigest {
    /// Wraps a digest.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bare bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// In hexadecimal digits.
impl fmt::Display for PromptDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// From what a prompt was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptRecord {
    /// The template.
    pub template: TemplateRef,
    /// What was rendered from it, in short.
    pub digest: PromptDigest,
    /// The passages it quotes.
    pub sources: Vec<Source>,
}

/// A passage of an article that a reply was given, as it is shown to the reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its number in the prompt, from 1.
    pub number: usize,
    /// The article.
    pub article_id: ArticleId,
    /// The article's title.
    pub title: String,
    /// The heading above the passage, if any.
    pub heading: Option<String>,
    /// Where people read the article.
    pub url: Option<String>,
    /// Whether the reply refers to it by its number, or quotes it.
    #[serde(default)]
    pub cited: bool,
}
