use actix_web::{HttpResponse, web};

use super::ticket_response::{TicketResponse, etag};
use crate::error::ApiError;
use crate::extract::{SignedIn, TicketPath};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;

/// `POST /tickets/{id}/handoff`: switches the assistant off, so that people answer.
#[utoipa::path(
    post,
    path = "/tickets/{ticket_id}/handoff",
    operation_id = "hand_off_ticket",
    tag = "Tickets",
    summary = "Hand a ticket to people",
    description = "Switches the assistant off and cancels an answer that is being written.",
    params(
        ("ticket_id" = Uuid, Path, description = "The ticket; an id that is no UUID names none"),
    ),
    responses(
        (status = 200, description = "The ticket as it is now", body = TicketResponse, headers(("ETag" = String, description = "The ticket's version in quotes, for `If-Match`"))),
        Problems<(problems::SignedIn, problems::Thing)>,
    ),
)]
pub(crate) async fn hand_off_ticket(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, TicketPath(id)): SignedIn<TicketPath>,
) -> Result<HttpResponse, ApiError> {
    let ticket = use_cases.hand_off_ticket.execute(actor, id).await?;
    Ok(HttpResponse::Ok()
        .insert_header(etag(ticket.version))
        .json(TicketResponse::from(ticket)))
}
