use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use domain::ids::{MessageId, ReplyId, TicketId, UserId};
use domain::message::{Author, Message, Visibility};
use domain::reply::Source;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::columns::{known, parsed};
use crate::error::CorruptColumn;
use crate::schema::messages;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = messages, check_for_backend(Pg), treat_none_as_default_value = false)]
pub(super) struct MessageRow {
    id: Uuid,
    ticket_id: Uuid,
    position: i64,
    author: String,
    author_id: Option<Uuid>,
    content: String,
    visibility: String,
    in_reply_to: Option<Uuid>,
    reply_id: Option<Uuid>,
    is_complete: bool,
    sources: Value,
    created_at: DateTime<Utc>,
}

impl From<&Message> for MessageRow {
    fn from(message: &Message) -> Self {
        Self {
            id: message.id.as_uuid(),
            ticket_id: message.ticket_id.as_uuid(),
            position: message.position,
            author: message.author.as_str().to_owned(),
            author_id: message.author.id().map(UserId::as_uuid),
            content: message.content.clone(),
            visibility: message.visibility.as_str().to_owned(),
            in_reply_to: message.in_reply_to.map(MessageId::as_uuid),
            reply_id: message.reply_id.map(ReplyId::as_uuid),
            is_complete: message.is_complete,
            sources: sources_column(&message.sources),
            created_at: message.created_at,
        }
    }
}

impl TryFrom<MessageRow> for Message {
    type Error = CorruptColumn;

    fn try_from(row: MessageRow) -> Result<Self, CorruptColumn> {
        let author = Author::from_parts(&row.author, row.author_id.map(UserId::from_uuid));
        let visibility = Visibility::from_name(&row.visibility);
        Ok(Self {
            id: MessageId::from_uuid(row.id),
            ticket_id: TicketId::from_uuid(row.ticket_id),
            position: row.position,
            author: known("messages.author", author)?,
            content: row.content,
            visibility: known("messages.visibility", visibility)?,
            in_reply_to: row.in_reply_to.map(MessageId::from_uuid),
            reply_id: row.reply_id.map(ReplyId::from_uuid),
            is_complete: row.is_complete,
            sources: parsed("messages.sources", serde_json::from_value(row.sources))?,
            created_at: row.created_at,
            feedback: None,
        })
    }
}

fn sources_column(sources: &[Source]) -> Value {
    json!(sources)
}
