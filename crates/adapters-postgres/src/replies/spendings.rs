use async_trait::async_trait;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ports::{RepositoryError, Spending, SpentTokens, TokenLedger, TokenQuotas};
use domain::prompt::estimated_tokens;
use futures_util::FutureExt as _;

use super::row::ReplyRow;
use crate::database::PgDatabase;
use crate::error::StoreError;
use crate::pipeline::both;
use crate::schema::token_spendings;

/// Tokens that replies cost, in a [`PgDatabase`].
#[derive(Clone, Debug)]
pub struct PgTokenLedger {
    database: PgDatabase,
}

impl PgTokenLedger {
    /// Keeps account in this database.
    pub fn new(database: PgDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl TokenLedger for PgTokenLedger {
    async fn spend(
        &self,
        spending: Spending,
        quotas: TokenQuotas,
    ) -> Result<bool, RepositoryError> {
        self.database
            .write((spending, quotas), |connection, (spending, quotas), _| {
                async move {
                    let spent = spent(connection, spending, *quotas).await?;
                    let is_granted = quotas.leave_room(spent);
                    if is_granted {
                        enter(connection, spending).await?;
                    }
                    Ok(is_granted)
                }
                .boxed()
            })
            .await
    }
}

/// What was spent on the day of the spending, but for itself, as far as quotas ask.
async fn spent(
    connection: &AsyncPgConnection,
    spending: &Spending,
    quotas: TokenQuotas,
) -> Result<SpentTokens, StoreError> {
    let (by_user, overall) = both(
        sum(connection, spending, quotas.per_user.is_some(), true),
        sum(connection, spending, quotas.overall.is_some(), false),
    )
    .await?;
    Ok(SpentTokens { by_user, overall })
}

async fn sum(
    mut connection: &AsyncPgConnection,
    spending: &Spending,
    is_wanted: bool,
    of_user: bool,
) -> Result<u64, StoreError> {
    if !is_wanted {
        return Ok(0);
    }
    let itself = token_spendings::reply_id
        .ne(spending.reply_id.as_uuid())
        .or(token_spendings::attempt.ne(spending.attempt));
    let mut day = token_spendings::table
        .filter(token_spendings::spent_at.ge(spending.day()))
        .filter(itself)
        .select(sql::<BigInt>("coalesce(sum(tokens), 0)::bigint"))
        .into_boxed();
    if of_user {
        day = day.filter(token_spendings::user_id.eq(spending.user_id.as_uuid()));
    }
    let sum: i64 = day.first(&mut connection).await?;
    Ok(u64::try_from(sum).unwrap_or_default())
}

/// Enters it, and forgets what the same customer spent on earlier days.
async fn enter(mut connection: &AsyncPgConnection, spending: &Spending) -> Result<(), StoreError> {
    let user_id = spending.user_id.as_uuid();
    let forgotten = token_spendings::table
        .filter(token_spendings::user_id.eq(user_id))
        .filter(token_spendings::spent_at.lt(spending.day()));
    let mut pipelined = connection;
    let forget = diesel::delete(forgotten).execute(&mut connection);
    let record = diesel::insert_into(token_spendings::table)
        .values((
            token_spendings::reply_id.eq(spending.reply_id.as_uuid()),
            token_spendings::attempt.eq(spending.attempt),
            token_spendings::user_id.eq(user_id),
            token_spendings::spent_at.eq(spending.at),
            token_spendings::tokens.eq(i64::try_from(spending.tokens).unwrap_or(i64::MAX)),
        ))
        .on_conflict_do_nothing()
        .execute(&mut pipelined);
    both(forget, record).await?;
    Ok(())
}

/// What the attempt cost, now that it is at its end.
pub(super) async fn settle(
    mut connection: &AsyncPgConnection,
    row: &ReplyRow,
) -> Result<(), StoreError> {
    let attempt = token_spendings::table.find((row.id, row.attempt));
    if let Some((input, output)) = row.input_tokens.zip(row.output_tokens) {
        diesel::update(attempt)
            .set(token_spendings::tokens.eq(input.saturating_add(output).max(0)))
            .execute(&mut connection)
            .await?;
    } else {
        let said = estimated_tokens(&row.text);
        let said = i64::try_from(said).unwrap_or(i64::MAX);
        diesel::update(attempt)
            .set(token_spendings::tokens.eq(token_spendings::tokens + said))
            .execute(&mut connection)
            .await?;
    }
    Ok(())
}
