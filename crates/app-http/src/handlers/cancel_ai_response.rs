use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::reply_response::state_response;
use crate::error::ApiError;
use crate::extract::{SignedIn, TicketPath};
use crate::use_cases::UseCases;

/// `POST /tickets/{id}/ai-response/cancel`: stops the answer, in whatever process it is generated.
pub(crate) async fn cancel_ai_response(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, TicketPath(id)): SignedIn<TicketPath>,
) -> Result<HttpResponse, ApiError> {
    let reply = use_cases.cancel_reply.execute(actor, id).await?;
    Ok(state_response(StatusCode::OK, reply.as_ref()))
}
