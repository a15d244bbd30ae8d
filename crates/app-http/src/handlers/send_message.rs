use actix_web::{HttpResponse, web};
use domain::message::{MessageText, Visibility};
use domain::use_cases::Draft;
use serde::Deserialize;
use utoipa::ToSchema;

use super::created;
use super::message_response::MessageResponse;
use crate::error::ApiError;
use crate::extract::{KeyedBody, SignedIn, TicketPath};
use crate::openapi::names;
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendMessageRequest {
    #[schema(
        min_length = 1,
        max_length = 10_000,
        pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$",
        example = "It did not arrive."
    )]
    content: String,
    /// `internal` notes are for staff; `public` if not given.
    #[schema(value_type = Option<names::Visibility>)]
    visibility: Option<Visibility>,
}

type Request = SignedIn<(TicketPath, KeyedBody<SendMessageRequest>)>;

/// `POST /tickets/{id}/messages`: adds a message to a ticket; with an idempotency key, once.
#[utoipa::path(
    post,
    path = "/tickets/{ticket_id}/messages",
    operation_id = "send_message",
    tag = "Messages",
    summary = "Send a message",
    description = "A customer's message opens a ticket again that is pending or resolved; a public one of staff switches the assistant off.",
    params(
        ("ticket_id" = Uuid, Path, description = "The ticket; an id that is no UUID names none"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255,
            pattern = "^[ -~]+$", example = "0b8f5b1e-7a53-4a0c-b0f5-3c8b5a0f3a11",
            description = "Does the same request once within 24 hours; a copy gets the first answer"),
    ),
    request_body(content = SendMessageRequest),
    responses(
        (
            status = 201,
            description = "The message",
            body = MessageResponse,
            headers(("Idempotency-Replayed" = String, description = "`true` when the key was used before, and this is the first answer again")),
            links(
                ("list_messages" = (operation_id = "list_messages", parameters(("ticket_id" = "$response.body#/ticket_id")))),
                ("stream_ai_response" = (
                    operation_id = "stream_ai_response", parameters(("ticket_id" = "$response.body#/ticket_id"))
                )),
            )
        ),
        Problems<(problems::SignedIn, problems::Body, problems::Keyed, problems::Thing, problems::ForRoles, problems::TicketClosed)>,
    ),
)]
pub(crate) async fn send_message(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, (TicketPath(id), KeyedBody(body, key))): Request,
) -> Result<HttpResponse, ApiError> {
    let mut validation = Validation::default();
    let Some(text) = validation.check("content", MessageText::parse(body.content)) else {
        return Err(validation.into_error());
    };
    let draft = Draft {
        text,
        visibility: body.visibility.unwrap_or_default(),
    };
    let made = use_cases
        .send_message
        .execute(actor, id, draft, key)
        .await?;
    let (mut response, message) = created(made);
    Ok(response.json(MessageResponse::from(message)))
}
