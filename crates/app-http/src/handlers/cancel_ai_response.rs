use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::reply_response::state_response;
use crate::error::ApiError;
use crate::extract::{SignedIn, TicketPath};
use crate::openapi::answers::AnswerState;
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;

/// `POST /tickets/{id}/ai-response/cancel`: stops the answer, in whatever process it is generated.
#[utoipa::path(
    post,
    path = "/tickets/{ticket_id}/ai-response/cancel",
    operation_id = "cancel_ai_response",
    tag = "Answers",
    summary = "Stop the answer",
    description = "Wherever it is generated. Repeating it changes nothing.",
    params(
        ("ticket_id" = Uuid, Path, description = "The ticket; an id that is no UUID names none"),
    ),
    responses(
        (status = 200, description = "The answer's state", body = AnswerState),
        Problems<(problems::SignedIn, problems::Thing)>,
    ),
)]
pub(crate) async fn cancel_ai_response(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, TicketPath(id)): SignedIn<TicketPath>,
) -> Result<HttpResponse, ApiError> {
    let reply = use_cases.cancel_reply.execute(actor, id).await?;
    Ok(state_response(StatusCode::OK, reply.as_ref()))
}
