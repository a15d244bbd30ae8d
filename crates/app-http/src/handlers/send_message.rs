use actix_web::{HttpResponse, web};
use domain::message::{MessageText, Visibility};
use domain::use_cases::Draft;
use serde::Deserialize;

use super::created;
use super::message_response::MessageResponse;
use crate::error::ApiError;
use crate::extract::{KeyedBody, SignedIn, TicketPath};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendMessageRequest {
    content: String,
    visibility: Option<Visibility>,
}

type Request = SignedIn<(TicketPath, KeyedBody<SendMessageRequest>)>;

/// `POST /tickets/{id}/messages`: adds a message to a ticket; with an idempotency key, once.
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
