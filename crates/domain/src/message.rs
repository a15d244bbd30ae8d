//! What people and the assistant write on a ticket.

mod feedback;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use self::feedback::{Feedback, FeedbackComment, Rating};
use crate::ids::{MessageId, ReplyId, TicketId, UserId};
use crate::names::named;
use crate::reply::{Answer, Conclusion, Reply, Source};
use crate::text::text;

text!(
    /// A message as a person typed it.
    MessageText,
    max = 10_000
);

/// Who wrote a message, in which part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// The ticket's owner, whatever their role.
    Customer(UserId),
    /// Support staff on somebody else's ticket.
    Agent(UserId),
    /// The assistant.
    Assistant,
}

impl Author {
    /// The part's name as it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer(_) => "customer",
            Self::Agent(_) => "agent",
            Self::Assistant => "assistant",
        }
    }

    /// The person, none for the assistant.
    pub const fn id(self) -> Option<UserId> {
        match self {
            Self::Customer(id) | Self::Agent(id) => Some(id),
            Self::Assistant => None,
        }
    }

    /// Puts a stored name and id together again; none when they do not fit.
    pub fn from_parts(name: &str, id: Option<UserId>) -> Option<Self> {
        match (name, id) {
            ("customer", Some(id)) => Some(Self::Customer(id)),
            ("agent", Some(id)) => Some(Self::Agent(id)),
            ("assistant", None) => Some(Self::Assistant),
            _ => None,
        }
    }
}

/// Who may read a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everyone who sees the ticket.
    #[default]
    Public,
    /// Staff only; never part of a prompt.
    Internal,
}

named!(Visibility {
    Public = "public",
    Internal = "internal",
});

/// One message of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Identity.
    pub id: MessageId,
    /// The ticket it belongs to.
    pub ticket_id: TicketId,
    /// Its place in the ticket, from 1, given under the ticket's lock: positions order messages,
    /// clocks do not.
    pub position: i64,
    /// Who wrote it.
    pub author: Author,
    /// The text.
    pub content: String,
    /// Who may read it.
    pub visibility: Visibility,
    /// The customer's message that an assistant's message answers; none for the description.
    pub in_reply_to: Option<MessageId>,
    /// The reply that became this message; none for people's messages.
    pub reply_id: Option<ReplyId>,
    /// The passages of help articles that an assistant's message was made from.
    pub sources: Vec<Source>,
    /// False for an answer that its token limit cut off.
    pub is_complete: bool,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// How the ticket's owner liked it, if it is an answer of the assistant.
    pub feedback: Option<Feedback>,
}

impl Message {
    /// The message that a reply's text becomes.
    pub fn of_answer(
        reply: &Reply,
        conclusion: &Conclusion,
        answer: Answer,
        position: i64,
    ) -> Self {
        Self {
            id: conclusion.message_id,
            ticket_id: reply.ticket_id,
            position,
            author: Author::Assistant,
            content: reply.text.clone(),
            visibility: Visibility::Public,
            in_reply_to: reply.question.in_reply_to(reply.ticket_id),
            reply_id: Some(reply.id),
            sources: reply.sources.clone(),
            is_complete: answer.is_complete,
            created_at: conclusion.ended_at,
            feedback: None,
        }
    }
}

/// A person's message on its way into a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// Identity.
    pub id: MessageId,
    /// The ticket it belongs to.
    pub ticket_id: TicketId,
    /// Who wrote it.
    pub author: Author,
    /// The text.
    pub text: MessageText,
    /// Who may read it.
    pub visibility: Visibility,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// For whose eyes messages are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Public messages only.
    Customer,
    /// Internal notes too.
    Staff,
}

impl Audience {
    /// Whether messages of this visibility are for these eyes.
    pub const fn may_read(self, visibility: Visibility) -> bool {
        matches!(
            (self, visibility),
            (Self::Staff, _) | (Self::Customer, Visibility::Public)
        )
    }
}
