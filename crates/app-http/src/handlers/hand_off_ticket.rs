use actix_web::{HttpResponse, web};

use super::ticket_response::{TicketResponse, etag};
use crate::error::ApiError;
use crate::extract::{SignedIn, TicketPath};
use crate::use_cases::UseCases;

/// `POST /tickets/{id}/handoff`: switches the assistant off, so that people answer.
pub(crate) async fn hand_off_ticket(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, TicketPath(id)): SignedIn<TicketPath>,
) -> Result<HttpResponse, ApiError> {
    let ticket = use_cases.hand_off_ticket.execute(actor, id).await?;
    Ok(HttpResponse::Ok()
        .insert_header(etag(ticket.version))
        .json(TicketResponse::from(ticket)))
}
