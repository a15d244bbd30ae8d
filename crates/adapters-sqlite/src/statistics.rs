use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable};
use domain::ports::{RepositoryError, StatisticsSource};
use domain::statistics::{HandoffCounts, Period, Quantiles, ReplyCounts, Statistics, TicketCounts};

use crate::columns::micros;
use crate::database::SqliteDatabase;

/// Statistics of a [`SqliteDatabase`].
#[derive(Clone, Debug)]
pub struct SqliteStatisticsSource {
    database: SqliteDatabase,
}

impl SqliteStatisticsSource {
    /// Counts what is in this database.
    pub fn new(database: SqliteDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl StatisticsSource for SqliteStatisticsSource {
    async fn summarise(&self, period: Period) -> Result<Statistics, RepositoryError> {
        self.database
            .read(move |connection| {
                let row: SummaryRow = sql_query(include_str!("statistics/summary.sql"))
                    .bind::<BigInt, _>(micros(period.from()))
                    .bind::<BigInt, _>(micros(period.to()))
                    .get_result(connection)?;
                Ok(row.into())
            })
            .await
    }
}

/// Numbers as the databases know them: signed, and none where there is nothing to rank.
#[derive(QueryableByName)]
struct SummaryRow {
    #[diesel(sql_type = BigInt)]
    open: i64,
    #[diesel(sql_type = BigInt)]
    pending: i64,
    #[diesel(sql_type = BigInt)]
    resolved: i64,
    #[diesel(sql_type = BigInt)]
    closed: i64,
    #[diesel(sql_type = BigInt)]
    handed_off: i64,
    #[diesel(sql_type = BigInt)]
    handoffs_requested: i64,
    #[diesel(sql_type = BigInt)]
    handoffs_turns: i64,
    #[diesel(sql_type = BigInt)]
    handoffs_quota: i64,
    #[diesel(sql_type = BigInt)]
    handoffs_upstream_down: i64,
    #[diesel(sql_type = BigInt)]
    handoffs_nothing_found: i64,
    #[diesel(sql_type = BigInt)]
    handoffs_customer: i64,
    #[diesel(sql_type = BigInt)]
    handoffs_agent: i64,
    #[diesel(sql_type = BigInt)]
    queued: i64,
    #[diesel(sql_type = BigInt)]
    streaming: i64,
    #[diesel(sql_type = BigInt)]
    completed: i64,
    #[diesel(sql_type = BigInt)]
    incomplete: i64,
    #[diesel(sql_type = BigInt)]
    cancelled: i64,
    #[diesel(sql_type = BigInt)]
    failed: i64,
    #[diesel(sql_type = BigInt)]
    attempts: i64,
    #[diesel(sql_type = BigInt)]
    input_tokens: i64,
    #[diesel(sql_type = BigInt)]
    output_tokens: i64,
    #[diesel(sql_type = BigInt)]
    rated_up: i64,
    #[diesel(sql_type = BigInt)]
    rated_down: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    first_token_p50: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    first_token_p90: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    first_token_p99: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    answer_p50: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    answer_p90: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    answer_p99: Option<i64>,
}

impl From<SummaryRow> for Statistics {
    fn from(row: SummaryRow) -> Self {
        Self {
            tickets: TicketCounts {
                open: count(row.open),
                pending: count(row.pending),
                resolved: count(row.resolved),
                closed: count(row.closed),
                handed_off: count(row.handed_off),
                handoffs: HandoffCounts {
                    requested: count(row.handoffs_requested),
                    turns: count(row.handoffs_turns),
                    quota: count(row.handoffs_quota),
                    upstream_down: count(row.handoffs_upstream_down),
                    nothing_found: count(row.handoffs_nothing_found),
                    customer: count(row.handoffs_customer),
                    agent: count(row.handoffs_agent),
                },
            },
            replies: ReplyCounts {
                queued: count(row.queued),
                streaming: count(row.streaming),
                completed: count(row.completed),
                incomplete: count(row.incomplete),
                cancelled: count(row.cancelled),
                failed: count(row.failed),
                attempts: count(row.attempts),
                input_tokens: count(row.input_tokens),
                output_tokens: count(row.output_tokens),
            },
            first_token: Quantiles::of_micros([
                row.first_token_p50,
                row.first_token_p90,
                row.first_token_p99,
            ]),
            answer: Quantiles::of_micros([row.answer_p50, row.answer_p90, row.answer_p99]),
            rated_up: count(row.rated_up),
            rated_down: count(row.rated_down),
        }
    }
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
