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
use diesel::prelude::*;
use domain::ids::{ReplyId, TicketId};
use domain::ports::{
    Claim, ClaimRequest, Finished, ReplyStore, RepositoryError, Takeover, TakeoverRequest,
};
use domain::reply::{CancelledBy, Conclusion, Lease, PromptRecord, Reply};

pub(crate) use self::cancel::carry_out;
pub(crate) use self::lease::expire_all as expire_leases;
pub(crate) use self::row::is_streaming;
pub use self::spendings::SqliteTokenLedger;
use crate::columns::database_now;
use crate::database::SqliteDatabase;
use crate::error::StoreError;
use crate::messages::newest_question;
use crate::replies::row::ReplyRow;

/// Replies in a [`SqliteDatabase`].
#[derive(Clone, Debug)]
pub struct SqliteReplyStore {
    database: SqliteDatabase,
}

impl SqliteReplyStore {
    /// Keeps replies in this database.
    pub fn new(database: SqliteDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl ReplyStore for SqliteReplyStore {
    async fn claim(&self, request: ClaimRequest) -> Result<Claim, RepositoryError> {
        self.database
            .write(move |connection| claim::claim(connection, &request))
            .await
    }

    async fn find_current(&self, ticket_id: TicketId) -> Result<Option<Reply>, RepositoryError> {
        self.database
            .read(move |connection| {
                let question = newest_question(connection, ticket_id)?;
                let row = ReplyRow::find_by_question(connection, question.id)?;
                entity(connection, row)
            })
            .await
    }

    async fn find(&self, id: ReplyId) -> Result<Option<Reply>, RepositoryError> {
        self.database
            .read(move |connection| {
                let row = ReplyRow::find(connection, id)?;
                entity(connection, row)
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
            .write(move |connection| Ok(lease::renew(connection, leases, lease)?))
            .await
    }

    async fn take_over_expired(
        &self,
        request: TakeoverRequest,
    ) -> Result<Vec<Takeover>, RepositoryError> {
        self.database
            .write_and_ring(move |connection, rings| {
                takeover::take_over_expired(connection, &request, rings)
            })
            .await
    }

    async fn hand_over(&self, leases: &[Lease]) -> Result<(), RepositoryError> {
        let leases = leases.to_vec();
        self.database
            .write_and_ring(move |connection, rings| lease::hand_over(connection, &leases, rings))
            .await
    }

    async fn record_prompt(
        &self,
        lease: Lease,
        prompt: &PromptRecord,
    ) -> Result<(), RepositoryError> {
        let prompt = prompt.clone();
        self.database
            .write(move |connection| record::record_prompt(connection, lease, &prompt))
            .await
    }

    async fn cancel(
        &self,
        ticket_id: TicketId,
        by: CancelledBy,
        at: DateTime<Utc>,
    ) -> Result<Option<Reply>, RepositoryError> {
        self.database
            .write_and_ring(move |connection, rings| {
                let row = cancel::cancel(connection, ticket_id, by, at, rings)?;
                entity(connection, row)
            })
            .await
    }

    async fn finish(
        &self,
        lease: Lease,
        conclusion: Conclusion,
    ) -> Result<Finished, RepositoryError> {
        self.database
            .write(move |connection| finish::finish(connection, lease, &conclusion))
            .await
    }
}

fn entity(
    connection: &mut SqliteConnection,
    row: Option<ReplyRow>,
) -> Result<Option<Reply>, StoreError> {
    let now = database_now(connection)?;
    Ok(row.map(|row| row.into_reply(now)).transpose()?)
}
