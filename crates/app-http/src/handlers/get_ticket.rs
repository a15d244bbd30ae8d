use actix_web::{HttpResponse, web};
use serde::Serialize;

use super::message_response::MessageResponse;
use super::ticket_response::{TicketResponse, etag};
use crate::cursor::encode_position;
use crate::error::ApiError;
use crate::extract::{SignedIn, TicketPath};
use crate::use_cases::UseCases;

#[derive(Serialize)]
struct TicketWithMessages {
    #[serde(flatten)]
    ticket: TicketResponse,
    messages: Vec<MessageResponse>,
    messages_next_cursor: Option<String>,
}

/// `GET /tickets/{id}`: a ticket with its first messages.
pub(crate) async fn get_ticket(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, TicketPath(id)): SignedIn<TicketPath>,
) -> Result<HttpResponse, ApiError> {
    let view = use_cases.show_ticket.execute(actor, id).await?;
    Ok(HttpResponse::Ok()
        .insert_header(etag(view.ticket.version))
        .json(TicketWithMessages {
            ticket: view.ticket.into(),
            messages: view
                .messages
                .items
                .into_iter()
                .map(MessageResponse::from)
                .collect(),
            messages_next_cursor: view
                .messages
                .next
                .map(|position| encode_position(id, position)),
        }))
}
