use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::reply_response::state_response;
use crate::error::ApiError;
use crate::extract::{SignedIn, TicketPath};
use crate::use_cases::UseCases;

/// `POST /tickets/{id}/ai-response/retry`: another attempt at an answer that failed or was
/// cancelled.
pub(crate) async fn retry_ai_response(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, TicketPath(id)): SignedIn<TicketPath>,
) -> Result<HttpResponse, ApiError> {
    let reply = use_cases.retry_reply.execute(actor, id).await?;
    Ok(state_response(StatusCode::ACCEPTED, Some(&reply)))
}
