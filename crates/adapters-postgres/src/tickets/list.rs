use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Record, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::page::{Page, PageLimit};
use domain::ticket::{AssigneeFilter, Ticket, TicketFilter, TicketOrder, TimePlace};

use super::row::TicketRow;
use super::search::{self, Reach};
use crate::error::StoreError;
use crate::schema::tickets;

pub(super) async fn load(
    mut connection: &AsyncPgConnection,
    filter: &TicketFilter,
    order: TicketOrder,
    limit: PageLimit,
) -> Result<Page<Ticket, TicketOrder>, StoreError> {
    let rows: Vec<(TicketRow, i64)> = if let TicketOrder::Relevance { after } = order {
        match &filter.search {
            Some(search) => search::load(connection, filter, search, after, limit).await?,
            None => Vec::new(),
        }
    } else {
        page(filter, order, limit)
            .select((TicketRow::as_select(), 0_i64.into_sql::<BigInt>()))
            .load(&mut connection)
            .await?
    };
    let tickets = rows
        .into_iter()
        .map(|(row, score)| Ok((Ticket::try_from(row)?, score)))
        .collect::<Result<Vec<_>, StoreError>>()?;
    let page = Page::from_surplus(tickets, limit, |(last, score)| order.behind(last, *score));
    Ok(page.map(|(ticket, _)| ticket))
}

/// A page by times, with one row more than the limit, to tell whether more follow.
pub(crate) fn page(
    filter: &TicketFilter,
    order: TicketOrder,
    limit: PageLimit,
) -> tickets::BoxedQuery<'static, Pg> {
    let mut query = filtered(filter, Reach::of(filter, Reach::All));
    query = match order {
        TicketOrder::CreatedAt { after } => {
            if let Some(TimePlace { at, id }) = after {
                let place =
                    (tickets::created_at, tickets::id).into_sql::<Record<(Timestamptz, Uuid)>>();
                query = query.filter(place.lt((at, id.as_uuid())));
            }
            query.order((tickets::created_at.desc(), tickets::id.desc()))
        }
        TicketOrder::UpdatedAt { after } => {
            if let Some(TimePlace { at, id }) = after {
                let place =
                    (tickets::updated_at, tickets::id).into_sql::<Record<(Timestamptz, Uuid)>>();
                query = query.filter(place.lt((at, id.as_uuid())));
            }
            query.order((tickets::updated_at.desc(), tickets::id.desc()))
        }
        TicketOrder::Relevance { .. } => query.filter(false.into_sql::<Bool>()),
    };
    query.limit(surplus(limit))
}

pub(super) fn filtered(filter: &TicketFilter, reach: Reach) -> tickets::BoxedQuery<'static, Pg> {
    let mut query = tickets::table.into_boxed();
    if let Some(user_id) = filter.user_id {
        query = query.filter(tickets::user_id.eq(user_id.as_uuid()));
    }
    if let Some(status) = filter.status {
        query = query.filter(tickets::status.eq(status.as_str()));
    }
    match filter.assignee {
        None => {}
        Some(AssigneeFilter::Nobody) => query = query.filter(tickets::assignee_id.is_null()),
        Some(AssigneeFilter::Agent(id)) => {
            query = query.filter(tickets::assignee_id.eq(id.as_uuid()));
        }
    }
    if let Some(priority) = filter.priority {
        query = query.filter(tickets::priority.eq(priority.as_str()));
    }
    if let Some(category) = &filter.category {
        query = query.filter(tickets::category.eq(category.as_str().to_owned()));
    }
    if let Some(tag) = &filter.tag {
        // The first condition follows from the second; it makes the planner see that the index
        // serves.
        query = query
            .filter(sql::<Bool>("tickets.tags <> '{}'"))
            .filter(tickets::tags.contains(vec![tag.as_str().to_owned()]));
    }
    if let Some(search) = &filter.search {
        query = search::found(query, search, reach);
    }
    query
}

pub(super) fn surplus(limit: PageLimit) -> i64 {
    i64::try_from(limit.get()).map_or(i64::MAX, |limit| limit + 1)
}
