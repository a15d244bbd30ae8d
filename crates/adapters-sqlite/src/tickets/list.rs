use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel::sqlite::Sqlite;
use domain::page::{Page, PageLimit};
use domain::ticket::{AssigneeFilter, Ticket, TicketFilter, TicketOrder};

use super::row::TicketRow;
use super::search;
use crate::columns::micros;
use crate::error::StoreError;
use crate::schema::{ticket_tags, tickets};

/// Behind a place in a list by times. It is written so that the index is entered there: a plain OR
/// would be searched from the list's beginning on.
macro_rules! behind {
    ($column:expr, $place:expr) => {
        $column.le(micros($place.at)).and(
            $column
                .lt(micros($place.at))
                .or(tickets::id.lt($place.id.to_string())),
        )
    };
}

pub(super) fn page(
    connection: &mut SqliteConnection,
    filter: &TicketFilter,
    order: TicketOrder,
    limit: PageLimit,
) -> Result<Page<Ticket, TicketOrder>, StoreError> {
    if let TicketOrder::Relevance { after } = order {
        return search::page(connection, filter, after, limit);
    }
    let tickets = by_time(filter, order, limit)
        .select(TicketRow::as_select())
        .load(connection)?
        .into_iter()
        .map(|row| Ticket::try_from(row).map_err(StoreError::from))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Page::from_surplus(tickets, limit, |last| {
        order.behind(last, 0)
    }))
}

/// A page by times, with one row more than the limit, to tell whether more follow.
pub(crate) fn by_time(
    filter: &TicketFilter,
    order: TicketOrder,
    limit: PageLimit,
) -> tickets::BoxedQuery<'static, Sqlite> {
    let mut query = filtered(filter);
    query = match order {
        TicketOrder::CreatedAt { after } => {
            if let Some(place) = after {
                query = query.filter(behind!(tickets::created_at, place));
            }
            query.order((tickets::created_at.desc(), tickets::id.desc()))
        }
        TicketOrder::UpdatedAt { after } => {
            if let Some(place) = after {
                query = query.filter(behind!(tickets::updated_at, place));
            }
            query.order((tickets::updated_at.desc(), tickets::id.desc()))
        }
        TicketOrder::Relevance { .. } => query.filter(false.into_sql::<Bool>()),
    };
    query.limit(surplus(limit))
}

fn filtered(filter: &TicketFilter) -> tickets::BoxedQuery<'static, Sqlite> {
    let mut query = tickets::table.into_boxed();
    if let Some(user_id) = filter.user_id {
        query = query.filter(tickets::user_id.eq(user_id.to_string()));
    }
    if let Some(status) = filter.status {
        query = query.filter(tickets::status.eq(status.as_str()));
    }
    match filter.assignee {
        None => {}
        Some(AssigneeFilter::Nobody) => query = query.filter(tickets::assignee_id.is_null()),
        Some(AssigneeFilter::Agent(id)) => {
            query = query.filter(tickets::assignee_id.eq(id.to_string()));
        }
    }
    if let Some(priority) = filter.priority {
        query = query.filter(tickets::priority.eq(priority.as_str()));
    }
    if let Some(category) = &filter.category {
        query = query.filter(tickets::category.eq(category.as_str().to_owned()));
    }
    if let Some(tag) = &filter.tag {
        let tagged = ticket_tags::table
            .filter(ticket_tags::tag.eq(tag.as_str().to_owned()))
            .select(ticket_tags::ticket_id);
        query = query.filter(tickets::id.eq_any(tagged));
    }
    if let Some(search) = &filter.search {
        query = search::found(query, search);
    }
    query
}

pub(super) fn surplus(limit: PageLimit) -> i64 {
    i64::try_from(limit.get()).map_or(i64::MAX, |limit| limit + 1)
}
