use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::message_response::MessageResponse;
use super::ticket_response::{TicketResponse, etag};
use crate::cursor::encode_position;
use crate::error::ApiError;
use crate::extract::{SignedIn, TicketPath};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;

#[derive(Serialize, ToSchema)]
pub(crate) struct TicketWithMessages {
    #[serde(flatten)]
    ticket: TicketResponse,
    /// The first 100, oldest first.
    messages: Vec<MessageResponse>,
    /// For `GET …/messages`, null when these are all.
    #[schema(required = true)]
    messages_next_cursor: Option<String>,
}

/// `GET /tickets/{id}`: a ticket with its first messages.
#[utoipa::path(
    get,
    path = "/tickets/{ticket_id}",
    operation_id = "get_ticket",
    tag = "Tickets",
    summary = "Show a ticket",
    description = "With its first messages, oldest first.",
    params(
        ("ticket_id" = Uuid, Path, description = "The ticket; an id that is no UUID names none"),
    ),
    responses(
        (status = 200, description = "The ticket", body = TicketWithMessages, headers(("ETag" = String, description = "The ticket's version in quotes, for `If-Match`"))),
        Problems<(problems::SignedIn, problems::Thing)>,
    ),
)]
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
