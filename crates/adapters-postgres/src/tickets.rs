mod list;
mod row;
mod search;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ids::TicketId;
use domain::page::{Page, PageLimit};
use domain::ports::{ChangeTicketError, RepositoryError, TicketRepository};
use domain::ticket::{Ticket, TicketChange, TicketFilter, TicketOrder};
use futures_util::FutureExt as _;

#[cfg(test)]
pub(crate) use self::list::page;
pub(crate) use self::row::{find, lock, lock_free, lock_of_replies, lock_of_reply, save};
#[cfg(test)]
pub(crate) use self::search::weighed;
use crate::database::PgDatabase;
use crate::error::StoreError;
use crate::replies;
use crate::schema::tickets;
use crate::tickets::row::TicketRow;

/// Tickets in a [`PgDatabase`].
#[derive(Clone, Debug)]
pub struct PgTicketRepository {
    database: PgDatabase,
}

impl PgTicketRepository {
    /// Keeps tickets in this database.
    pub fn new(database: PgDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl TicketRepository for PgTicketRepository {
    async fn insert(&self, ticket: &Ticket) -> Result<(), RepositoryError> {
        self.database
            .write_one(ticket.clone(), |connection, ticket| {
                insert(connection, ticket).boxed()
            })
            .await
    }

    async fn find(&self, id: TicketId) -> Result<Option<Ticket>, RepositoryError> {
        self.database
            .read(id, |connection, id| find(connection, *id).boxed())
            .await
    }

    async fn list(
        &self,
        filter: &TicketFilter,
        order: TicketOrder,
        limit: PageLimit,
    ) -> Result<Page<Ticket, TicketOrder>, RepositoryError> {
        self.database
            .read(
                (filter.clone(), order, limit),
                |connection, (filter, order, limit)| {
                    list::load(connection, filter, *order, *limit).boxed()
                },
            )
            .await
    }

    async fn change(
        &self,
        id: TicketId,
        change: TicketChange,
        at: DateTime<Utc>,
    ) -> Result<Ticket, ChangeTicketError> {
        self.database
            .write((id, change, at), |connection, (id, change, at), rings| {
                async move {
                    let (id, at) = (*id, *at);
                    let Some(before) = lock(connection, id).await? else {
                        return Ok(Err(ChangeTicketError::NotFound));
                    };
                    let mut ticket = before.clone();
                    let effect = match ticket.apply(change, at) {
                        Ok(effect) => effect,
                        Err(refusal) => return Ok(Err(refusal.into())),
                    };
                    if ticket != before {
                        save(connection, &ticket).await?;
                    }
                    replies::carry_out(connection, id, effect, at, rings).await?;
                    Ok(Ok(ticket))
                }
                .boxed()
            })
            .await?
    }
}

pub(crate) async fn insert(
    mut connection: &AsyncPgConnection,
    ticket: &Ticket,
) -> Result<(), StoreError> {
    diesel::insert_into(tickets::table)
        .values(TicketRow::from(ticket))
        .execute(&mut connection)
        .await?;
    Ok(())
}
