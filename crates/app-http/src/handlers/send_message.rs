use actix_web::{HttpResponse, web};
use domain::message::{MessageText, Visibility};
use serde::Deserialize;

use super::message_response::MessageResponse;
use crate::error::ApiError;
use crate::extract::{JsonBody, SignedIn, TicketPath};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendMessageRequest {
    content: String,
    visibility: Option<Visibility>,
}

type Request = SignedIn<(TicketPath, JsonBody<SendMessageRequest>)>;

/// `POST /tickets/{id}/messages`: adds a message to a ticket.
pub(crate) async fn send_message(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, (TicketPath(id), JsonBody(body))): Request,
) -> Result<HttpResponse, ApiError> {
    let mut validation = Validation::default();
    let Some(text) = validation.check("content", MessageText::parse(body.content)) else {
        return Err(validation.into_error());
    };
    let visibility = body.visibility.unwrap_or_default();
    let message = use_cases
        .send_message
        .execute(actor, id, text, visibility)
        .await?;
    Ok(HttpResponse::Created().json(MessageResponse::from(message)))
}
