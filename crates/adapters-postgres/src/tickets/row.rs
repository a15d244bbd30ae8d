use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::handoff::{Handoff, HandoffReason};
use domain::ids::{ReplyId, TicketId, UserId};
use domain::ticket::{Category, Description, Priority, Tags, Ticket, TicketStatus, Title};
use uuid::Uuid;

use crate::columns::{known, parsed};
use crate::error::{CorruptColumn, StoreError};
use crate::schema::{replies, tickets};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tickets, check_for_backend(Pg), treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct TicketRow {
    id: Uuid,
    user_id: Uuid,
    title: String,
    description: String,
    category: Option<String>,
    priority: String,
    status: String,
    assignee_id: Option<Uuid>,
    assistant_enabled: bool,
    handoff_reason: Option<String>,
    handed_off_at: Option<DateTime<Utc>>,
    turns: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i64,
    tags: Vec<String>,
}

pub(crate) async fn find(
    mut connection: &AsyncPgConnection,
    id: TicketId,
) -> Result<Option<Ticket>, StoreError> {
    let row = tickets::table
        .find(id.as_uuid())
        .select(TicketRow::as_select())
        .first(&mut connection)
        .await
        .optional()?;
    Ok(row.map(Ticket::try_from).transpose()?)
}

/// Keeps everybody else from changing the ticket, its messages or its replies' ends until the
/// transaction ends.
pub(crate) async fn lock(
    mut connection: &AsyncPgConnection,
    id: TicketId,
) -> Result<Option<Ticket>, StoreError> {
    let row = tickets::table
        .find(id.as_uuid())
        .select(TicketRow::as_select())
        .for_update()
        .first(&mut connection)
        .await
        .optional()?;
    Ok(row.map(Ticket::try_from).transpose()?)
}

/// Locks the ticket that a reply belongs to.
pub(crate) async fn lock_of_reply(
    mut connection: &AsyncPgConnection,
    id: ReplyId,
) -> Result<Option<Ticket>, StoreError> {
    let ticket_id = replies::table
        .find(id.as_uuid())
        .select(replies::ticket_id)
        .single_value();
    let row = tickets::table
        .filter(tickets::id.nullable().eq(ticket_id))
        .select(TicketRow::as_select())
        .for_update()
        .first(&mut connection)
        .await
        .optional()?;
    Ok(row.map(Ticket::try_from).transpose()?)
}

/// Locks the tickets that replies belong to, in the order of ids, so that two who lock several
/// cannot wait for each other.
pub(crate) async fn lock_of_replies(
    mut connection: &AsyncPgConnection,
    ids: Vec<Uuid>,
) -> QueryResult<()> {
    let ticket_ids = replies::table
        .filter(replies::id.eq_any(ids))
        .select(replies::ticket_id);
    let _: Vec<Uuid> = tickets::table
        .filter(tickets::id.eq_any(ticket_ids))
        .order(tickets::id)
        .select(tickets::id)
        .for_update()
        .load(&mut connection)
        .await?;
    Ok(())
}

/// Those of the tickets that nobody else has locked, locked.
pub(crate) async fn lock_free(
    mut connection: &AsyncPgConnection,
    ids: Vec<Uuid>,
) -> QueryResult<Vec<Uuid>> {
    tickets::table
        .filter(tickets::id.eq_any(ids))
        .select(tickets::id)
        .for_update()
        .skip_locked()
        .load(&mut connection)
        .await
}

pub(crate) async fn save(
    mut connection: &AsyncPgConnection,
    ticket: &Ticket,
) -> Result<(), StoreError> {
    diesel::update(tickets::table.find(ticket.id.as_uuid()))
        .set(TicketRow::from(ticket))
        .execute(&mut connection)
        .await?;
    Ok(())
}

impl From<&Ticket> for TicketRow {
    fn from(ticket: &Ticket) -> Self {
        Self {
            id: ticket.id.as_uuid(),
            user_id: ticket.user_id.as_uuid(),
            title: ticket.title.as_str().to_owned(),
            description: ticket.description.as_str().to_owned(),
            category: ticket
                .category
                .as_ref()
                .map(|slug| slug.as_str().to_owned()),
            priority: ticket.priority.as_str().to_owned(),
            status: ticket.status.as_str().to_owned(),
            assignee_id: ticket.assignee_id.map(UserId::as_uuid),
            assistant_enabled: ticket.assistant_enabled,
            handoff_reason: ticket
                .handoff
                .map(|handoff| handoff.reason.as_str().to_owned()),
            handed_off_at: ticket.handoff.map(|handoff| handoff.at),
            turns: ticket.turns,
            created_at: ticket.created_at,
            updated_at: ticket.updated_at,
            version: ticket.version,
            tags: ticket.tags.iter().map(str::to_owned).collect(),
        }
    }
}

impl TryFrom<TicketRow> for Ticket {
    type Error = CorruptColumn;

    fn try_from(row: TicketRow) -> Result<Self, CorruptColumn> {
        let category = row.category.map(Category::parse).transpose();
        Ok(Self {
            id: TicketId::from_uuid(row.id),
            user_id: UserId::from_uuid(row.user_id),
            title: parsed("tickets.title", Title::parse(row.title))?,
            description: parsed("tickets.description", Description::parse(row.description))?,
            category: parsed("tickets.category", category)?,
            priority: known("tickets.priority", Priority::from_name(&row.priority))?,
            tags: parsed("tickets.tags", Tags::parse(row.tags))?,
            status: known("tickets.status", TicketStatus::from_name(&row.status))?,
            assignee_id: row.assignee_id.map(UserId::from_uuid),
            assistant_enabled: row.assistant_enabled,
            handoff: handoff(row.handoff_reason.as_deref(), row.handed_off_at)?,
            turns: row.turns,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        })
    }
}

fn handoff(
    reason: Option<&str>,
    at: Option<DateTime<Utc>>,
) -> Result<Option<Handoff>, CorruptColumn> {
    let Some((reason, at)) = reason.zip(at) else {
        return Ok(None);
    };
    let reason = known("tickets.handoff_reason", HandoffReason::from_name(reason))?;
    Ok(Some(Handoff { reason, at }))
}
