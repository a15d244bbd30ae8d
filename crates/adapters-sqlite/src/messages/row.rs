use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use domain::ids::{MessageId, ReplyId, TicketId, UserId};
use domain::message::{Author, Message, Visibility};
use domain::reply::Source;

use crate::columns::{id, known, micros, optional_id, parsed, time};
use crate::error::CorruptColumn;
use crate::schema::messages;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = messages, check_for_backend(Sqlite))]
pub(super) struct MessageRow {
    id: String,
    ticket_id: String,
    position: i64,
    author: String,
    author_id: Option<String>,
    content: String,
    visibility: String,
    in_reply_to: Option<String>,
    reply_id: Option<String>,
    is_complete: bool,
    sources: String,
    created_at: i64,
}

impl From<&Message> for MessageRow {
    fn from(message: &Message) -> Self {
        Self {
            id: message.id.to_string(),
            ticket_id: message.ticket_id.to_string(),
            position: message.position,
            author: message.author.as_str().to_owned(),
            author_id: message.author.id().map(|id| id.to_string()),
            content: message.content.clone(),
            visibility: message.visibility.as_str().to_owned(),
            in_reply_to: message.in_reply_to.map(|id| id.to_string()),
            reply_id: message.reply_id.map(|id| id.to_string()),
            is_complete: message.is_complete,
            sources: sources_column(&message.sources),
            created_at: micros(message.created_at),
        }
    }
}

impl TryFrom<MessageRow> for Message {
    type Error = CorruptColumn;

    fn try_from(row: MessageRow) -> Result<Self, CorruptColumn> {
        let author_id = optional_id("messages.author_id", row.author_id.as_deref())?;
        let author = Author::from_parts(&row.author, author_id.map(UserId::from_uuid));
        let in_reply_to = optional_id("messages.in_reply_to", row.in_reply_to.as_deref())?;
        let reply_id = optional_id("messages.reply_id", row.reply_id.as_deref())?;
        Ok(Self {
            id: MessageId::from_uuid(id("messages.id", &row.id)?),
            ticket_id: TicketId::from_uuid(id("messages.ticket_id", &row.ticket_id)?),
            position: row.position,
            author: known("messages.author", author)?,
            content: row.content,
            visibility: known(
                "messages.visibility",
                Visibility::from_name(&row.visibility),
            )?,
            in_reply_to: in_reply_to.map(MessageId::from_uuid),
            reply_id: reply_id.map(ReplyId::from_uuid),
            is_complete: row.is_complete,
            sources: parsed("messages.sources", serde_json::from_str(&row.sources))?,
            created_at: time("messages.created_at", row.created_at)?,
            feedback: None,
        })
    }
}

fn sources_column(sources: &[Source]) -> String {
    serde_json::json!(sources).to_string()
}
