use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use domain::statistics::{Period, Quantiles, Statistics};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::error::ApiError;
use crate::extract::{QueryParameters, SignedIn};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StatisticsQuery {
    /// From when on; 30 days before `to` if not given.
    #[param(value_type = Option<DateTime<Utc>>)]
    from: Option<String>,
    /// Before when; now if not given.
    #[param(value_type = Option<DateTime<Utc>>)]
    to: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Statistics)]
pub(crate) struct StatisticsResponse {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    tickets: TicketsResponse,
    replies: RepliesResponse,
    tokens: TokensResponse,
    feedback: FeedbackResponse,
    latency: LatencyResponse,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TicketsStatistics)]
pub(crate) struct TicketsResponse {
    opened: u64,
    by_status: TicketStatuses,
    handed_off: u64,
    /// Of all, from 0 to 1; null without any.
    #[schema(required = true)]
    handoff_rate: Option<f64>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct TicketStatuses {
    open: u64,
    pending: u64,
    resolved: u64,
    closed: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RepliesStatistics)]
pub(crate) struct RepliesResponse {
    by_status: ReplyStatuses,
    attempts: u64,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ReplyStatuses {
    queued: u64,
    streaming: u64,
    completed: u64,
    incomplete: u64,
    cancelled: u64,
    failed: u64,
}

#[derive(Serialize, ToSchema)]
#[expect(
    clippy::struct_field_names,
    reason = "these are the names of a reply's usage"
)]
#[schema(as = TokensStatistics)]
pub(crate) struct TokensResponse {
    input_tokens: u64,
    output_tokens: u64,
    total_tokens: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = FeedbackStatistics)]
pub(crate) struct FeedbackResponse {
    up: u64,
    down: u64,
    /// The liked ones of all that were rated, from 0 to 1; null without any.
    #[schema(required = true)]
    rating: Option<f64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = LatencyStatistics)]
pub(crate) struct LatencyResponse {
    #[schema(required = true)]
    first_token_ms: Option<QuantilesResponse>,
    #[schema(required = true)]
    total_ms: Option<QuantilesResponse>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = QuantilesStatistics)]
pub(crate) struct QuantilesResponse {
    p50: f64,
    p90: f64,
    p99: f64,
}

/// `GET /admin/stats`: what happened in a period, in numbers; for admins.
#[utoipa::path(
    get,
    path = "/admin/stats",
    operation_id = "get_statistics",
    tag = "Administration",
    summary = "Show statistics",
    description = "What happened in a period, in numbers; for admins.",
    params(
        StatisticsQuery,
    ),
    responses(
        (status = 200, description = "The numbers", body = StatisticsResponse),
        Problems<(problems::SignedIn, problems::Parameters, problems::ForRoles)>,
    ),
)]
pub(crate) async fn get_statistics(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, QueryParameters(query)): SignedIn<QueryParameters<StatisticsQuery>>,
) -> Result<HttpResponse, ApiError> {
    let mut validation = Validation::default();
    let from = read_time(&mut validation, "from", query.from);
    let to = read_time(&mut validation, "to", query.to);
    validation.finish()?;
    let (period, statistics) = use_cases.show_statistics.execute(actor, from, to).await?;
    Ok(HttpResponse::Ok().json(response(period, &statistics)))
}

fn read_time(
    validation: &mut Validation,
    field: &str,
    raw: Option<String>,
) -> Option<DateTime<Utc>> {
    let raw = raw?;
    let time = DateTime::parse_from_rfc3339(&raw);
    let time = time.map_err(|_no_time| "must be a time such as 2026-01-31T12:00:00Z");
    validation.check(field, time).map(|time| time.to_utc())
}

fn response(period: Period, statistics: &Statistics) -> StatisticsResponse {
    let Statistics {
        tickets,
        replies,
        rated_up,
        rated_down,
        ..
    } = *statistics;
    StatisticsResponse {
        from: period.from(),
        to: period.to(),
        tickets: TicketsResponse {
            opened: tickets.all(),
            by_status: TicketStatuses {
                open: tickets.open,
                pending: tickets.pending,
                resolved: tickets.resolved,
                closed: tickets.closed,
            },
            handed_off: tickets.handed_off,
            handoff_rate: share(tickets.handed_off, tickets.all()),
        },
        replies: RepliesResponse {
            by_status: ReplyStatuses {
                queued: replies.queued,
                streaming: replies.streaming,
                completed: replies.completed,
                incomplete: replies.incomplete,
                cancelled: replies.cancelled,
                failed: replies.failed,
            },
            attempts: replies.attempts,
        },
        tokens: TokensResponse {
            input_tokens: replies.input_tokens,
            output_tokens: replies.output_tokens,
            total_tokens: replies.input_tokens + replies.output_tokens,
        },
        feedback: FeedbackResponse {
            up: rated_up,
            down: rated_down,
            rating: share(rated_up, rated_up + rated_down),
        },
        latency: LatencyResponse {
            first_token_ms: statistics.first_token.map(quantiles),
            total_ms: statistics.answer.map(quantiles),
        },
    }
}

fn share(part: u64, all: u64) -> Option<f64> {
    let (part, all) = (u32::try_from(part).ok()?, u32::try_from(all).ok()?);
    (all > 0).then(|| f64::from(part) / f64::from(all))
}

fn quantiles(quantiles: Quantiles) -> QuantilesResponse {
    let Quantiles { p50, p90, p99 } = quantiles;
    let [p50, p90, p99] = [p50, p90, p99].map(|time| time.as_secs_f64() * 1_000.0);
    QuantilesResponse { p50, p90, p99 }
}
