use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use domain::reply::{Reply, TemplateRef};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{ReplyPath, SignedIn};
use crate::openapi::answers::PromptTemplateRef;
use crate::openapi::names;
use crate::openapi::problems::{self, Problems};
use crate::sse::ReplyResponse;
use crate::use_cases::UseCases;

/// A reply with how it came about.
#[derive(Serialize, ToSchema)]
#[schema(as = Receipt)]
pub(crate) struct ReceiptResponse<'a> {
    #[serde(flatten)]
    reply: ReplyResponse<'a>,
    #[schema(required = true, value_type = Option<PromptTemplateRef>)]
    prompt_template: Option<&'a TemplateRef>,
    /// Of the whole prompt: of each turn the role, a space, the length in bytes, a line feed, the
    /// text and a line feed.
    #[schema(
        required = true,
        example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )]
    prompt_sha256: Option<String>,
    /// Null where no model was asked.
    #[schema(required = true)]
    model_asked: Option<&'a str>,
    #[schema(required = true)]
    model_served: Option<&'a str>,
    /// Attempts that were given back unfinished by a server that stopped.
    handovers: i32,
    #[schema(required = true, value_type = Option<names::RestartReason>)]
    restart_reason: Option<&'static str>,
    attempt_started_at: DateTime<Utc>,
    #[schema(required = true)]
    first_token_at: Option<DateTime<Utc>>,
    #[schema(required = true)]
    ended_at: Option<DateTime<Utc>>,
}

impl<'a> From<&'a Reply> for ReceiptResponse<'a> {
    fn from(reply: &'a Reply) -> Self {
        Self {
            reply: ReplyResponse::new(reply),
            prompt_template: reply.template.as_ref(),
            prompt_sha256: reply.prompt_digest.map(|digest| digest.to_string()),
            model_asked: reply.model_asked(),
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
#[utoipa::path(
    get,
    path = "/tickets/{ticket_id}/replies/{reply_id}",
    operation_id = "get_reply",
    tag = "Answers",
    summary = "Show an answer's receipt",
    description = "How an answer came about; for staff.",
    params(
        ("ticket_id" = Uuid, Path, description = "The ticket; an id that is no UUID names none"),
        ("reply_id" = Uuid, Path, description = "A message's `reply_id`"),
    ),
    responses(
        (status = 200, description = "The receipt", body = ReceiptResponse<'_>),
        Problems<(problems::SignedIn, problems::Thing, problems::ForRoles)>,
    ),
)]
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
