mod row;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Record, Timestamptz, Uuid};
use diesel_async::RunQueryDsl;
use domain::ids::TicketId;
use domain::page::{Page, PageLimit};
use domain::ports::{ChangeTicketError, RepositoryError, TicketRepository};
use domain::ticket::{Ticket, TicketChange, TicketCursor, TicketFilter};
use futures_util::FutureExt as _;

pub(crate) use self::row::{lock, lock_free, lock_of_replies, lock_of_reply, save};
use crate::database::PgDatabase;
use crate::error::StoreError;
use crate::replies;
use crate::schema::tickets;
use crate::tickets::row::{TicketRow, find};

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
        let row = TicketRow::from(ticket);
        self.database
            .write_one(row, |mut connection, row| {
                async move {
                    diesel::insert_into(tickets::table)
                        .values(row)
                        .execute(&mut connection)
                        .await?;
                    Ok(())
                }
                .boxed()
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
        filter: TicketFilter,
        after: Option<TicketCursor>,
        limit: PageLimit,
    ) -> Result<Page<Ticket, TicketCursor>, RepositoryError> {
        let tickets: Vec<Ticket> = self
            .database
            .read(
                (filter, after, limit),
                |mut connection, &(filter, after, limit)| {
                    async move {
                        let rows = page(filter, after, limit)
                            .select(TicketRow::as_select())
                            .load(&mut connection)
                            .await?;
                        rows.into_iter()
                            .map(|row| Ticket::try_from(row).map_err(StoreError::from))
                            .collect()
                    }
                    .boxed()
                },
            )
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
            .write((id, change, at), |connection, &(id, change, at), rings| {
                async move {
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

/// One row more than the limit, to tell whether more follow.
pub(crate) fn page(
    filter: TicketFilter,
    after: Option<TicketCursor>,
    limit: PageLimit,
) -> tickets::BoxedQuery<'static, Pg> {
    let mut query = tickets::table.into_boxed();
    if let Some(user_id) = filter.user_id {
        query = query.filter(tickets::user_id.eq(user_id.as_uuid()));
    }
    if let Some(status) = filter.status {
        query = query.filter(tickets::status.eq(status.as_str()));
    }
    if let Some(TicketCursor { created_at, id }) = after {
        let place = (tickets::created_at, tickets::id).into_sql::<Record<(Timestamptz, Uuid)>>();
        query = query.filter(place.lt((created_at, id.as_uuid())));
    }
    let surplus = i64::try_from(limit.get()).map_or(i64::MAX, |limit| limit + 1);
    query
        .order((tickets::created_at.desc(), tickets::id.desc()))
        .limit(surplus)
}
