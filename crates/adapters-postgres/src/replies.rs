mod cancel;
mod claim;
mod finish;
mod lease;
mod limits;
mod record;
mod row;
mod spendings;
mod takeover;

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ids::{ReplyId, TicketId};
use domain::ports::{
    Claim, ClaimRequest, Finished, ReplyStore, RepositoryError, Takeover, TakeoverRequest,
};
use domain::reply::{CancelledBy, Conclusion, Lease, PromptRecord, Reply};
use futures_util::FutureExt as _;

pub(crate) use self::cancel::carry_out;
pub use self::spendings::PgTokenLedger;
#[cfg(test)]
pub(crate) use self::takeover::expired;
use crate::columns::{clock_timestamp, uuid_or};
use crate::database::PgDatabase;
use crate::error::StoreError;
use crate::messages::newest_customer_message;
use crate::replies::row::ReplyRow;
use crate::schema::{messages, replies};

/// Replies in a [`PgDatabase`].
#[derive(Clone, Debug)]
pub struct PgReplyStore {
    database: PgDatabase,
}

impl PgReplyStore {
    /// Keeps replies in this database.
    pub fn new(database: PgDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl ReplyStore for PgReplyStore {
    async fn claim(&self, request: ClaimRequest) -> Result<Claim, RepositoryError> {
        self.database
            .write(request, |connection, request, rings| {
                claim::claim(connection, request, rings).boxed()
            })
            .await
    }

    async fn find_current(&self, ticket_id: TicketId) -> Result<Option<Reply>, RepositoryError> {
        self.database
            .read(ticket_id, |connection, ticket_id| {
                first(connection, current(*ticket_id)).boxed()
            })
            .await
    }

    async fn find(&self, id: ReplyId) -> Result<Option<Reply>, RepositoryError> {
        self.database
            .read(id, |connection, id| {
                let reply = replies::table.find(id.as_uuid()).into_boxed();
                first(connection, reply).boxed()
            })
            .await
    }

    async fn renew(
        &self,
        leases: &[Lease],
        lease: Duration,
    ) -> Result<Vec<Lease>, RepositoryError> {
        let leases = leases.to_vec();
        self.database
            .write(leases, move |connection, leases, _| {
                async move { Ok(lease::renew(connection, leases, lease).await?) }.boxed()
            })
            .await
    }

    async fn take_over_expired(
        &self,
        request: TakeoverRequest,
    ) -> Result<Vec<Takeover>, RepositoryError> {
        self.database
            .write(request, |connection, request, rings| {
                takeover::take_over_expired(connection, request, rings).boxed()
            })
            .await
    }

    async fn hand_over(&self, leases: &[Lease]) -> Result<(), RepositoryError> {
        self.database
            .write(leases.to_vec(), |connection, leases, rings| {
                lease::hand_over(connection, leases, rings).boxed()
            })
            .await
    }

    async fn record_prompt(
        &self,
        lease: Lease,
        prompt: &PromptRecord,
    ) -> Result<(), RepositoryError> {
        self.database
            .write_one((lease, prompt.clone()), |connection, (lease, prompt)| {
                record::record_prompt(connection, *lease, prompt).boxed()
            })
            .await
    }

    async fn cancel(
        &self,
        ticket_id: TicketId,
        by: CancelledBy,
        at: DateTime<Utc>,
    ) -> Result<Option<Reply>, RepositoryError> {
        self.database
            .write(
                (ticket_id, by, at),
                |connection, &(ticket_id, by, at), rings| {
                    cancel::cancel(connection, ticket_id, by, at, rings).boxed()
                },
            )
            .await
    }

    async fn finish(
        &self,
        lease: Lease,
        conclusion: Conclusion,
    ) -> Result<Finished, RepositoryError> {
        self.database
            .write(
                (lease, conclusion),
                |connection, (lease, conclusion), rings| {
                    finish::finish(connection, *lease, conclusion, rings).boxed()
                },
            )
            .await
    }
}

/// The reply to the ticket's newest question.
pub(crate) fn current(ticket_id: TicketId) -> replies::BoxedQuery<'static, Pg> {
    let message = newest_customer_message(ticket_id)
        .select(messages::id)
        .single_value();
    replies::table
        .filter(replies::question_id.eq(uuid_or(message, ticket_id.as_uuid())))
        .into_boxed()
}

async fn first(
    mut connection: &AsyncPgConnection,
    reply: replies::BoxedQuery<'static, Pg>,
) -> Result<Option<Reply>, StoreError> {
    let found: Option<(ReplyRow, DateTime<Utc>)> = reply
        .select((ReplyRow::as_select(), clock_timestamp()))
        .first(&mut connection)
        .await
        .optional()?;
    Ok(found.map(|(row, now)| row.into_reply(now)).transpose()?)
}
