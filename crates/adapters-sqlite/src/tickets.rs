mod row;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::TicketId;
use domain::page::{Page, PageLimit};
use domain::ports::{ChangeTicketError, RepositoryError, TicketRepository};
use domain::ticket::{Ticket, TicketChange, TicketCursor, TicketFilter};

pub(crate) use self::row::{find, save};
use crate::columns::micros;
use crate::database::SqliteDatabase;
use crate::error::StoreError;
use crate::replies;
use crate::schema::tickets;
use crate::tickets::row::TicketRow;

/// Tickets in a [`SqliteDatabase`].
#[derive(Clone, Debug)]
pub struct SqliteTicketRepository {
    database: SqliteDatabase,
}

impl SqliteTicketRepository {
    /// Keeps tickets in this database.
    pub fn new(database: SqliteDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl TicketRepository for SqliteTicketRepository {
    async fn insert(&self, ticket: &Ticket) -> Result<(), RepositoryError> {
        let row = TicketRow::from(ticket);
        self.database
            .write(move |connection| {
                diesel::insert_into(tickets::table)
                    .values(row)
                    .execute(connection)?;
                Ok(())
            })
            .await
    }

    async fn find(&self, id: TicketId) -> Result<Option<Ticket>, RepositoryError> {
        self.database
            .read(move |connection| find(connection, id))
            .await
    }

    async fn list(
        &self,
        filter: TicketFilter,
        after: Option<TicketCursor>,
        limit: PageLimit,
    ) -> Result<Page<Ticket, TicketCursor>, RepositoryError> {
        let tickets = self
            .database
            .read(move |connection| load_page(connection, filter, after, limit))
            .await?;
        Ok(Page::from_surplus(tickets, limit, |ticket| {
            TicketCursor::from(ticket)
        }))
    }

    async fn change(
        &self,
        id: TicketId,
        change: TicketChange,
        at: DateTime<Utc>,
    ) -> Result<Ticket, ChangeTicketError> {
        self.database
            .write_and_ring(move |connection, rings| {
                let Some(before) = find(connection, id)? else {
                    return Ok(Err(ChangeTicketError::NotFound));
                };
                let mut ticket = before.clone();
                let effect = match ticket.apply(change, at) {
                    Ok(effect) => effect,
                    Err(refusal) => return Ok(Err(refusal.into())),
                };
                if ticket != before {
                    save(connection, &ticket)?;
                }
                rings.extend(replies::carry_out(connection, id, effect, at)?);
                Ok(Ok(ticket))
            })
            .await?
    }
}

/// One row more than the limit, to tell whether more follow.
fn load_page(
    connection: &mut SqliteConnection,
    filter: TicketFilter,
    after: Option<TicketCursor>,
    limit: PageLimit,
) -> Result<Vec<Ticket>, StoreError> {
    let mut query = tickets::table.select(TicketRow::as_select()).into_boxed();
    if let Some(user_id) = filter.user_id {
        query = query.filter(tickets::user_id.eq(user_id.to_string()));
    }
    if let Some(status) = filter.status {
        query = query.filter(tickets::status.eq(status.as_str()));
    }
    if let Some(TicketCursor { created_at, id }) = after {
        let created_at = micros(created_at);
        // Written so that the index is entered at the cursor: a plain OR would be searched from
        // the newest ticket on.
        query = query.filter(
            tickets::created_at.le(created_at).and(
                tickets::created_at
                    .lt(created_at)
                    .or(tickets::id.lt(id.to_string())),
            ),
        );
    }
    let surplus = i64::try_from(limit.get()).map_or(i64::MAX, |limit| limit + 1);
    let rows = query
        .order((tickets::created_at.desc(), tickets::id.desc()))
        .limit(surplus)
        .load(connection)?;
    rows.into_iter()
        .map(|row| Ticket::try_from(row).map_err(StoreError::from))
        .collect()
}
