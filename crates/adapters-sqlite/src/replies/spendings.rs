use async_trait::async_trait;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::ports::{RepositoryError, Spending, SpentTokens, TokenLedger, TokenQuotas};
use domain::prompt::estimated_tokens;

use super::row::ReplyRow;
use crate::columns::micros;
use crate::database::SqliteDatabase;
use crate::schema::token_spendings;

/// Tokens that replies cost, in a [`SqliteDatabase`].
#[derive(Clone, Debug)]
pub struct SqliteTokenLedger {
    database: SqliteDatabase,
}

impl SqliteTokenLedger {
    /// Keeps account in this database.
    pub fn new(database: SqliteDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl TokenLedger for SqliteTokenLedger {
    async fn spend(
        &self,
        spending: Spending,
        quotas: TokenQuotas,
    ) -> Result<bool, RepositoryError> {
        self.database
            .write(move |connection| {
                let is_granted = quotas.leave_room(spent(connection, &spending, quotas)?);
                if is_granted {
                    enter(connection, &spending)?;
                }
                Ok(is_granted)
            })
            .await
    }
}

/// What was spent on the day of the spending, but for itself, as far as quotas ask.
fn spent(
    connection: &mut SqliteConnection,
    spending: &Spending,
    quotas: TokenQuotas,
) -> QueryResult<SpentTokens> {
    let others = token_spendings::reply_id
        .ne(spending.reply_id.to_string())
        .or(token_spendings::attempt.ne(spending.attempt));
    let day = token_spendings::table
        .filter(token_spendings::spent_at.ge(micros(spending.day())))
        .filter(others)
        .select(sql::<BigInt>("coalesce(sum(tokens), 0)"));
    let mut spent = SpentTokens::default();
    if quotas.per_user.is_some() {
        let user_id = spending.user_id.to_string();
        let sum: i64 = day
            .clone()
            .filter(token_spendings::user_id.eq(user_id))
            .first(connection)?;
        spent.by_user = u64::try_from(sum).unwrap_or_default();
    }
    if quotas.overall.is_some() {
        let sum: i64 = day.first(connection)?;
        spent.overall = u64::try_from(sum).unwrap_or_default();
    }
    Ok(spent)
}

/// Enters it, and forgets what the same customer spent on earlier days.
fn enter(connection: &mut SqliteConnection, spending: &Spending) -> QueryResult<()> {
    let user_id = spending.user_id.to_string();
    let forgotten = token_spendings::table
        .filter(token_spendings::user_id.eq(&user_id))
        .filter(token_spendings::spent_at.lt(micros(spending.day())));
    diesel::delete(forgotten).execute(connection)?;
    diesel::insert_into(token_spendings::table)
        .values((
            token_spendings::reply_id.eq(spending.reply_id.to_string()),
            token_spendings::attempt.eq(spending.attempt),
            token_spendings::user_id.eq(user_id),
            token_spendings::spent_at.eq(micros(spending.at)),
            token_spendings::tokens.eq(i64::try_from(spending.tokens).unwrap_or(i64::MAX)),
        ))
        .on_conflict_do_nothing()
        .execute(connection)?;
    Ok(())
}

/// What the attempt cost, now that it is at its end.
pub(super) fn settle(connection: &mut SqliteConnection, row: &ReplyRow) -> QueryResult<()> {
    let attempt = token_spendings::table.find((&row.id, row.attempt));
    if let Some((input, output)) = row.input_tokens.zip(row.output_tokens) {
        diesel::update(attempt)
            .set(token_spendings::tokens.eq(input.saturating_add(output).max(0)))
            .execute(connection)?;
    } else {
        let said = estimated_tokens(&row.text);
        let said = i64::try_from(said).unwrap_or(i64::MAX);
        diesel::update(attempt)
            .set(token_spendings::tokens.eq(token_spendings::tokens + said))
            .execute(connection)?;
    }
    Ok(())
}
