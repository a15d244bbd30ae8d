use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use domain::reply::{Reply, TemplateRef};
use serde::Serialize;

use crate::error::ApiError;
use crate::extract::{ReplyPath, SignedIn};
use crate::sse::ReplyResponse;
use crate::use_cases::UseCases;

/// A reply with how it came about.
#[derive(Serialize)]
struct ReceiptResponse<'a> {
    #[serde(flatten)]
    reply: ReplyResponse<'a>,
    prompt_template: Option<&'a TemplateRef>,
    model_asked: &'a str,
    model_served: Option<&'a str>,
    /// Attempts that were given back unfinished by a server that stopped.
    handovers: i32,
    restart_reason: Option<&'static str>,
    attempt_started_at: DateTime<Utc>,
    first_token_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
}

impl<'a> From<&'a Reply> for ReceiptResponse<'a> {
    fn from(reply: &'a Reply) -> Self {
        Self {
            reply: ReplyResponse::new(reply),
            prompt_template: reply.template.as_ref(),
            model_asked: &reply.model,
            model_served: reply.model_served.as_deref(),
            handovers: reply.handovers,
            restart_reason: reply.restart.map(|restart| restart.reason.as_str()),
            attempt_started_at: reply.attempt_started_at,
            first_token_at: reply.first_token_at,
            ended_at: reply.ended_at,
        }
    }
}

/// `GET /tickets/{id}/replies/{reply_id}`: how an answer came about, for staff.
pub(crate) async fn get_reply(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, ReplyPath(ticket_id, reply_id)): SignedIn<ReplyPath>,
) -> Result<HttpResponse, ApiError> {
    let reply = use_cases
        .show_receipt
        .execute(actor, ticket_id, reply_id)
        .await?;
    Ok(HttpResponse::Ok().json(ReceiptResponse::from(&reply)))
}
