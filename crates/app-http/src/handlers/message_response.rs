use chrono::{DateTime, Utc};
use domain::ids::{MessageId, UserId};
use domain::message::{Author, Message, Visibility};
use serde::Serialize;
use uuid::Uuid;

/// A message as it is shown.
#[derive(Serialize)]
pub(super) struct MessageResponse {
    id: Uuid,
    ticket_id: Uuid,
    author: &'static str,
    author_id: Option<Uuid>,
    content: String,
    visibility: Visibility,
    in_reply_to: Option<Uuid>,
    is_ai: bool,
    is_complete: bool,
    created_at: DateTime<Utc>,
}

impl From<Message> for MessageResponse {
    fn from(message: Message) -> Self {
        Self {
            id: message.id.as_uuid(),
            ticket_id: message.ticket_id.as_uuid(),
            author: message.author.as_str(),
            author_id: message.author.id().map(UserId::as_uuid),
            content: message.content,
            visibility: message.visibility,
            in_reply_to: message.in_reply_to.map(MessageId::as_uuid),
            is_ai: message.author == Author::Assistant,
            is_complete: message.is_complete,
            created_at: message.created_at,
        }
    }
}
