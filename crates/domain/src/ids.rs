//! Typed identifiers, so that a ticket's id is never passed where a message's is meant.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps an id that exists or was just generated.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare UUID.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

id!(
    /// Names a [`User`](crate::user::User).
    UserId
);
id!(
    /// Names a [`Ticket`](crate::ticket::Ticket).
    TicketId
);
id!(
    /// Names a [`Message`](crate::message::Message).
    MessageId
);
id!(
    /// Names a [`Reply`](crate::reply::Reply).
    ReplyId
);
id!(
    /// Names an [`Article`](crate::article::Article).
    ArticleId
);
id!(
    /// Names a [`RefreshSession`](crate::session::RefreshSession).
    SessionId
);
id!(
    /// Names one process for as long as it runs; a restart has another one.
    OwnerId
);
id!(
    /// Names what a reply answers: a customer's message, or the ticket itself for its description.
    QuestionId
);

impl QuestionId {
    /// The question that a ticket's own description asks.
    pub const fn description(ticket: TicketId) -> Self {
        Self(ticket.as_uuid())
    }

    /// The question that a customer's message asks.
    pub const fn message(message: MessageId) -> Self {
        Self(message.as_uuid())
    }

    /// The message answered, none when the question is the ticket's description.
    pub fn in_reply_to(self, ticket: TicketId) -> Option<MessageId> {
        (self.0 != ticket.as_uuid()).then_some(MessageId(self.0))
    }
}
