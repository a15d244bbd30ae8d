use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use domain::handoff::{Handoff, HandoffReason};
use domain::ids::{TicketId, UserId};
use domain::ticket::{Category, Description, Priority, Tags, Ticket, TicketStatus, Title};

use crate::columns::{id, known, micros, optional_id, parsed, time};
use crate::error::{CorruptColumn, StoreError};
use crate::schema::tickets;

#[derive(Queryable, QueryableByName, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tickets, check_for_backend(Sqlite), treat_none_as_null = true)]
pub(super) struct TicketRow {
    id: String,
    user_id: String,
    title: String,
    description: String,
    category: Option<String>,
    priority: String,
    status: String,
    assignee_id: Option<String>,
    assistant_enabled: bool,
    handoff_reason: Option<String>,
    handed_off_at: Option<i64>,
    turns: i32,
    created_at: i64,
    updated_at: i64,
    version: i64,
    tags: String,
}

pub(crate) fn find(
    connection: &mut SqliteConnection,
    id: TicketId,
) -> Result<Option<Ticket>, StoreError> {
    let row = tickets::table
        .find(id.to_string())
        .select(TicketRow::as_select())
        .first(connection)
        .optional()?;
    Ok(row.map(Ticket::try_from).transpose()?)
}

pub(crate) fn save(connection: &mut SqliteConnection, ticket: &Ticket) -> Result<(), StoreError> {
    diesel::update(tickets::table.find(ticket.id.to_string()))
        .set(TicketRow::from(ticket))
        .execute(connection)?;
    Ok(())
}

impl From<&Ticket> for TicketRow {
    fn from(ticket: &Ticket) -> Self {
        Self {
            id: ticket.id.to_string(),
            user_id: ticket.user_id.to_string(),
            title: ticket.title.as_str().to_owned(),
            description: ticket.description.as_str().to_owned(),
            category: ticket
                .category
                .as_ref()
                .map(|slug| slug.as_str().to_owned()),
            priority: ticket.priority.as_str().to_owned(),
            status: ticket.status.as_str().to_owned(),
            assignee_id: ticket.assignee_id.map(|id| id.to_string()),
            assistant_enabled: ticket.assistant_enabled,
            handoff_reason: ticket
                .handoff
                .map(|handoff| handoff.reason.as_str().to_owned()),
            handed_off_at: ticket.handoff.map(|handoff| micros(handoff.at)),
            turns: ticket.turns,
            created_at: micros(ticket.created_at),
            updated_at: micros(ticket.updated_at),
            version: ticket.version,
            tags: tags_column(&ticket.tags),
        }
    }
}

impl TryFrom<TicketRow> for Ticket {
    type Error = CorruptColumn;

    fn try_from(row: TicketRow) -> Result<Self, CorruptColumn> {
        let category = row.category.map(Category::parse).transpose();
        let tags: Vec<String> = parsed("tickets.tags", serde_json::from_str(&row.tags))?;
        let assignee_id = optional_id("tickets.assignee_id", row.assignee_id.as_deref())?;
        Ok(Self {
            id: TicketId::from_uuid(id("tickets.id", &row.id)?),
            user_id: UserId::from_uuid(id("tickets.user_id", &row.user_id)?),
            title: parsed("tickets.title", Title::parse(row.title))?,
            description: parsed("tickets.description", Description::parse(row.description))?,
            category: parsed("tickets.category", category)?,
            priority: known("tickets.priority", Priority::from_name(&row.priority))?,
            tags: parsed("tickets.tags", Tags::parse(tags))?,
            status: known("tickets.status", TicketStatus::from_name(&row.status))?,
            assignee_id: assignee_id.map(UserId::from_uuid),
            assistant_enabled: row.assistant_enabled,
            handoff: handoff(row.handoff_reason.as_deref(), row.handed_off_at)?,
            turns: row.turns,
            created_at: time("tickets.created_at", row.created_at)?,
            updated_at: time("tickets.updated_at", row.updated_at)?,
            version: row.version,
        })
    }
}

fn handoff(reason: Option<&str>, at: Option<i64>) -> Result<Option<Handoff>, CorruptColumn> {
    let Some((reason, at)) = reason.zip(at) else {
        return Ok(None);
    };
    Ok(Some(Handoff {
        reason: known("tickets.handoff_reason", HandoffReason::from_name(reason))?,
        at: time("tickets.handed_off_at", at)?,
    }))
}

/// A JSON array. Slugs need no escapes.
fn tags_column(tags: &Tags) -> String {
    let quoted: Vec<String> = tags.iter().map(|tag| format!("\"{tag}\"")).collect();
    format!("[{}]", quoted.join(","))
}
