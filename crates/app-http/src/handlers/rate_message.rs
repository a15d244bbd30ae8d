use actix_web::{HttpResponse, web};
use domain::message::{FeedbackComment, Rating};
use serde::Deserialize;

use super::message_response::FeedbackResponse;
use crate::error::ApiError;
use crate::extract::{JsonBody, MessagePath, SignedIn};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateMessageRequest {
    rating: Rating,
    comment: Option<String>,
}

type Request = SignedIn<(MessagePath, JsonBody<RateMessageRequest>)>;

/// `PUT /tickets/{id}/messages/{message_id}/feedback`: judges an answer of the assistant.
pub(crate) async fn rate_message(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, (MessagePath(ticket_id, message_id), JsonBody(body))): Request,
) -> Result<HttpResponse, ApiError> {
    let mut validation = Validation::default();
    let comment = body.comment.map(FeedbackComment::parse).transpose();
    let Some(comment) = validation.check("comment", comment) else {
        return Err(validation.into_error());
    };
    let feedback = use_cases
        .rate_message
        .execute(actor, ticket_id, message_id, (body.rating, comment))
        .await?;
    Ok(HttpResponse::Ok().json(FeedbackResponse::from(feedback)))
}
