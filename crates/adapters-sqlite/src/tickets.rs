mod list;
mod row;
mod search;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::TicketId;
use domain::page::{Page, PageLimit};
use domain::ports::{ChangeTicketError, RepositoryError, TicketRepository};
use domain::ticket::{Ticket, TicketChange, TicketFilter, TicketOrder};

#[cfg(test)]
pub(crate) use self::list::by_time;
pub(crate) use self::row::{find, save};
use crate::database::SqliteDatabase;
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
        let ticket = ticket.clone();
        self.database
            .write(move |connection| Ok(insert(connection, &ticket)?))
            .await
    }

    async fn find(&self, id: TicketId) -> Result<Option<Ticket>, RepositoryError> {
        self.database
            .read(move |connection| find(connection, id))
            .await
    }

    async fn list(
        &self,
        filter: &TicketFilter,
        order: TicketOrder,
        limit: PageLimit,
    ) -> Result<Page<Ticket, TicketOrder>, RepositoryError> {
        let filter = filter.clone();
        self.database
            .read(move |connection| list::page(connection, &filter, order, limit))
            .await
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
                let effect = match ticket.apply(&change, at) {
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

pub(crate) fn insert(connection: &mut SqliteConnection, ticket: &Ticket) -> QueryResult<()> {
    diesel::insert_into(tickets::table)
        .values(TicketRow::from(ticket))
        .execute(connection)?;
    Ok(())
}
