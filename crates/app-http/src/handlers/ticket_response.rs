use chrono::{DateTime, Utc};
use domain::ids::UserId;
use domain::ticket::{Priority, Ticket, TicketStatus};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::openapi::names;

/// A ticket as it is shown.
#[derive(Serialize, ToSchema)]
#[schema(as = Ticket)]
pub(super) struct TicketResponse {
    id: Uuid,
    user_id: Uuid,
    #[schema(example = "My parcel is late")]
    title: String,
    #[schema(example = "Where is order 1001?")]
    description: String,
    #[schema(required = true, example = "shipping")]
    category: Option<String>,
    #[schema(value_type = names::Priority)]
    priority: Priority,
    #[schema(example = json!(["vip"]))]
    tags: Vec<String>,
    #[schema(value_type = names::TicketStatus)]
    status: TicketStatus,
    /// The agent who takes care of it.
    #[schema(required = true)]
    assignee_id: Option<Uuid>,
    assistant_enabled: bool,
    created_at: DateTime<Utc>,
    /// The last change or message.
    updated_at: DateTime<Utc>,
    /// Raised by every change and message; the `ETag`.
    #[schema(minimum = 1, example = 1)]
    version: i64,
}

impl From<Ticket> for TicketResponse {
    fn from(ticket: Ticket) -> Self {
        Self {
            id: ticket.id.as_uuid(),
            user_id: ticket.user_id.as_uuid(),
            title: ticket.title.into(),
            description: ticket.description.into(),
            category: ticket.category.map(|category| category.as_str().to_owned()),
            priority: ticket.priority,
            tags: ticket.tags.iter().map(str::to_owned).collect(),
            status: ticket.status,
            assignee_id: ticket.assignee_id.map(UserId::as_uuid),
            assistant_enabled: ticket.assistant_enabled,
            created_at: ticket.created_at,
            updated_at: ticket.updated_at,
            version: ticket.version,
        }
    }
}

/// The ticket's version as an entity tag (RFC 9110, section 8.8.3).
pub(super) fn etag(version: i64) -> (&'static str, String) {
    ("etag", format!("\"{version}\""))
}
