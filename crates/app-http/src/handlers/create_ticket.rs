use actix_web::{HttpResponse, web};
use domain::ticket::{Category, Description, NewTicket, Priority, Title};
use serde::Deserialize;
use utoipa::ToSchema;

use super::created;
use super::ticket_response::{TicketResponse, etag};
use crate::error::ApiError;
use crate::extract::{KeyedBody, SignedIn};
use crate::openapi::names;
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateTicketRequest {
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$",
        example = "My parcel is late"
    )]
    title: String,
    #[schema(
        min_length = 1,
        max_length = 10_000,
        pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$",
        example = "Where is order 1001?"
    )]
    description: String,
    #[schema(
        max_length = 64,
        pattern = "^[a-z0-9]+(-[a-z0-9]+)*$",
        example = "shipping"
    )]
    category: Option<String>,
    /// `normal` if not given.
    #[schema(value_type = Option<names::Priority>)]
    priority: Option<Priority>,
}

impl CreateTicketRequest {
    fn into_new_ticket(self) -> Result<NewTicket, ApiError> {
        let mut validation = Validation::default();
        let title = validation.check("title", Title::parse(self.title));
        let description = validation.check("description", Description::parse(self.description));
        let category = self.category.map(Category::parse).transpose();
        let category = validation.check("category", category);
        match (title, description, category) {
            (Some(title), Some(description), Some(category)) => Ok(NewTicket {
                title,
                description,
                category,
                priority: self.priority.unwrap_or_default(),
            }),
            _ => Err(validation.into_error()),
        }
    }
}

/// `POST /tickets`: opens a ticket; with an idempotency key, once.
#[utoipa::path(
    post,
    path = "/tickets",
    operation_id = "create_ticket",
    tag = "Tickets",
    summary = "Open a ticket",
    description = "The assistant answers its description once the answer's stream is asked for.",
    params(
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255,
            pattern = "^[ -~]+$", example = "0b8f5b1e-7a53-4a0c-b0f5-3c8b5a0f3a11",
            description = "Does the same request once within 24 hours; a copy gets the first answer"),
    ),
    request_body(content = CreateTicketRequest),
    responses(
        (
            status = 201,
            description = "The ticket",
            body = TicketResponse,
            headers(
                ("Location" = String, description = "The ticket's address"),
                ("ETag" = String, description = "The ticket's version in quotes, for `If-Match`"),
                ("Idempotency-Replayed" = String, description = "`true` when the key was used before, and this is the first answer again"),
            ),
            links(
                ("get_ticket" = (operation_id = "get_ticket", parameters(("ticket_id" = "$response.body#/id")))),
                ("update_ticket" = (operation_id = "update_ticket", parameters(("ticket_id" = "$response.body#/id")))),
                ("send_message" = (operation_id = "send_message", parameters(("ticket_id" = "$response.body#/id")))),
                ("stream_ai_response" = (
                    operation_id = "stream_ai_response", parameters(("ticket_id" = "$response.body#/id"))
                )),
                ("cancel_ai_response" = (
                    operation_id = "cancel_ai_response", parameters(("ticket_id" = "$response.body#/id"))
                )),
                ("retry_ai_response" = (
                    operation_id = "retry_ai_response", parameters(("ticket_id" = "$response.body#/id"))
                )),
                ("create_stream_token" = (
                    operation_id = "create_stream_token", parameters(("ticket_id" = "$response.body#/id"))
                )),
                ("hand_off_ticket" = (operation_id = "hand_off_ticket", parameters(("ticket_id" = "$response.body#/id")))),
            )
        ),
        Problems<(problems::SignedIn, problems::Body, problems::Keyed)>,
    ),
)]
pub(crate) async fn create_ticket(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, KeyedBody(body, key)): SignedIn<KeyedBody<CreateTicketRequest>>,
) -> Result<HttpResponse, ApiError> {
    let made = use_cases
        .create_ticket
        .execute(actor, body.into_new_ticket()?, key)
        .await?;
    let (mut response, ticket) = created(made);
    Ok(response
        .insert_header(("location", format!("/tickets/{}", ticket.id)))
        .insert_header(etag(ticket.version))
        .json(TicketResponse::from(ticket)))
}
