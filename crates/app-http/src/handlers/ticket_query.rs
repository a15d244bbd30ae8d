use domain::ids::UserId;
use domain::page::PageLimit;
use domain::ticket::{
    AssigneeFilter, Category, Priority, Tag, TicketFilter, TicketOrder, TicketSearch, TicketStatus,
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::{limit_schema, read_limit};
use crate::cursor::{TicketCursors, TicketSort};
use crate::error::ApiError;
use crate::openapi::names;
use crate::validation::Validation;

/// The query string of `GET /tickets`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct TicketQuery {
    /// How many; more than 100 are 100.
    #[param(schema_with = limit_schema)]
    limit: Option<String>,
    /// A `next_cursor` of the same list.
    cursor: Option<String>,
    /// The latest first, or what fits `q` best.
    #[param(value_type = Option<names::TicketSort>)]
    sort: Option<String>,
    #[param(value_type = Option<names::TicketStatus>)]
    status: Option<String>,
    /// Whose they are; customers ask for their own only.
    #[param(value_type = Option<Uuid>)]
    user_id: Option<String>,
    /// An agent, or `none`; for staff.
    #[param(
        pattern = "^(none|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$",
        example = "none"
    )]
    assignee_id: Option<String>,
    #[param(value_type = Option<names::Priority>)]
    priority: Option<String>,
    #[param(max_length = 64, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    category: Option<String>,
    #[param(max_length = 50, pattern = "^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$")]
    tag: Option<String>,
    /// Words that the ticket has in its title, description or public messages.
    #[param(
        min_length = 1,
        max_length = 200,
        pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$",
        example = "parcel"
    )]
    q: Option<String>,
}

/// What is asked for, checked.
pub(super) struct WantedTickets {
    pub(super) filter: TicketFilter,
    pub(super) order: TicketOrder,
    pub(super) limit: PageLimit,
    /// The cursors of this list.
    pub(super) cursors: TicketCursors,
}

impl TicketQuery {
    pub(super) fn read(self) -> Result<WantedTickets, ApiError> {
        let mut validation = Validation::default();
        let limit = read_limit(&mut validation, self.limit.as_deref());
        let filter = self.filter(&mut validation);
        let cursors = TicketCursors::new(self.sort(&mut validation), &self.filters());
        let order = match &self.cursor {
            Some(cursor) => validation.check("cursor", cursors.decode(cursor)),
            None => Some(cursors.start()),
        };
        match order {
            Some(order) if validation.is_clean() => Ok(WantedTickets {
                filter,
                order,
                limit,
                cursors,
            }),
            _ => Err(validation.into_error()),
        }
    }

    fn sort(&self, validation: &mut Validation) -> TicketSort {
        match (self.sort.as_deref(), &self.q) {
            (Some("created_at"), _) | (None, None) => TicketSort::CreatedAt,
            (Some("updated_at"), _) => TicketSort::UpdatedAt,
            (Some("relevance") | None, Some(_)) => TicketSort::Relevance,
            (Some("relevance"), None) => {
                validation.refuse("sort", "can be relevance only together with q");
                TicketSort::Relevance
            }
            (Some(_), _) => {
                validation.refuse("sort", "must be created_at, updated_at or relevance");
                TicketSort::CreatedAt
            }
        }
    }

    fn filter(&self, validation: &mut Validation) -> TicketFilter {
        let status = self.status.as_deref().map(|name| {
            TicketStatus::from_name(name).ok_or("must be open, pending, resolved or closed")
        });
        let priority = self
            .priority
            .as_deref()
            .map(|name| Priority::from_name(name).ok_or("must be low, normal, high or urgent"));
        let user_id = self.user_id.as_deref().map(read_user_id);
        let assignee = self.assignee_id.as_deref().map(read_assignee);
        let category = self.category.as_deref().map(Category::parse);
        let tag = self.tag.as_deref().map(Tag::parse);
        let search = self.q.as_deref().map(TicketSearch::parse);
        TicketFilter {
            user_id: validation.check_given("user_id", user_id),
            status: validation.check_given("status", status),
            assignee: validation.check_given("assignee_id", assignee),
            priority: validation.check_given("priority", priority),
            category: validation.check_given("category", category),
            tag: validation.check_given("tag", tag),
            search: validation.check_given("q", search),
        }
    }

    /// What the list is, as its cursors know it.
    fn filters(&self) -> [Option<&str>; 7] {
        [
            self.status.as_deref(),
            self.user_id.as_deref(),
            self.assignee_id.as_deref(),
            self.priority.as_deref(),
            self.category.as_deref(),
            self.tag.as_deref(),
            self.q.as_deref(),
        ]
    }
}

fn read_user_id(raw: &str) -> Result<UserId, &'static str> {
    let id = Uuid::try_parse(raw).map_err(|_no_uuid| "must be a UUID")?;
    Ok(UserId::from_uuid(id))
}

fn read_assignee(raw: &str) -> Result<AssigneeFilter, &'static str> {
    if raw == "none" {
        return Ok(AssigneeFilter::Nobody);
    }
    let id = read_user_id(raw).map_err(|_no_uuid| "must be a UUID or none")?;
    Ok(AssigneeFilter::Agent(id))
}
