use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::reply_response::state_response;
use crate::error::ApiError;
use crate::extract::{SignedIn, TicketPath};
use crate::openapi::problems::{self, Problems};
use crate::sse::ReplyResponse;
use crate::use_cases::UseCases;

/// `POST /tickets/{id}/ai-response/retry`: another attempt at an answer that failed or was
/// cancelled.
#[utoipa::path(
    post,
    path = "/tickets/{ticket_id}/ai-response/retry",
    operation_id = "retry_ai_response",
    tag = "Answers",
    summary = "Try the answer again",
    description = "Another attempt at an answer that failed or was cancelled.",
    params(
        ("ticket_id" = Uuid, Path, description = "The ticket; an id that is no UUID names none"),
    ),
    responses(
        (status = 202, description = "The answer's state", body = ReplyResponse<'_>),
        Problems<(problems::SignedIn, problems::Thing, problems::Generation, problems::Retry)>,
    ),
)]
pub(crate) async fn retry_ai_response(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, TicketPath(id)): SignedIn<TicketPath>,
) -> Result<HttpResponse, ApiError> {
    let reply = use_cases.retry_reply.execute(actor, id).await?;
    Ok(state_response(StatusCode::ACCEPTED, Some(&reply)))
}
