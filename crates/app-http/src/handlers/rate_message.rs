use actix_web::{HttpResponse, web};
use domain::message::{FeedbackComment, Rating};
use serde::Deserialize;
use utoipa::ToSchema;

use super::message_response::FeedbackResponse;
use crate::error::ApiError;
use crate::extract::{JsonBody, MessagePath, SignedIn};
use crate::openapi::names;
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateMessageRequest {
    #[schema(value_type = names::Rating)]
    rating: Rating,
    #[schema(
        max_length = 2_000,
        pattern = "^[^\\u0000]*$",
        example = "That helped."
    )]
    comment: Option<String>,
}

type Request = SignedIn<(MessagePath, JsonBody<RateMessageRequest>)>;

/// `PUT /tickets/{id}/messages/{message_id}/feedback`: judges an answer of the assistant.
#[utoipa::path(
    put,
    path = "/tickets/{ticket_id}/messages/{message_id}/feedback",
    operation_id = "rate_message",
    tag = "Messages",
    summary = "Rate an answer",
    description = "The ticket's owner judges an answer of the assistant; later feedback replaces earlier.",
    params(
        ("ticket_id" = Uuid, Path, description = "The ticket; an id that is no UUID names none"),
        ("message_id" = Uuid, Path, description = "An answer of the assistant"),
    ),
    request_body(content = RateMessageRequest),
    responses(
        (status = 200, description = "The feedback", body = FeedbackResponse),
        Problems<(problems::SignedIn, problems::Body, problems::Thing, problems::ForRoles, problems::NotRateable)>,
    ),
)]
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
