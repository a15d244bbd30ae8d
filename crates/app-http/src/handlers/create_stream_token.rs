use actix_web::{HttpResponse, web};
use domain::stream_token::StreamToken;
use domain::use_cases::Authenticated;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{CurrentSession, SignedIn, TicketPath};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;

#[derive(Serialize, ToSchema)]
#[schema(as = StreamToken)]
pub(crate) struct StreamTokenResponse {
    /// For `?stream_token=…`.
    token: String,
    /// Seconds to connect.
    #[schema(example = 60)]
    expires_in: u64,
}

type Request = SignedIn<(CurrentSession, TicketPath)>;

/// `POST /tickets/{id}/stream-token`: a token that opens the ticket's stream by its address alone.
#[utoipa::path(
    post,
    path = "/tickets/{ticket_id}/stream-token",
    operation_id = "create_stream_token",
    tag = "Answers",
    summary = "Make a stream token",
    description = "Opens the ticket's stream by its address alone, once, as the browsers' `EventSource` sends no headers.",
    params(
        ("ticket_id" = Uuid, Path, description = "The ticket; an id that is no UUID names none"),
    ),
    responses(
        (status = 200, description = "The token", body = StreamTokenResponse),
        Problems<(problems::SignedIn, problems::Thing)>,
    ),
)]
pub(crate) async fn create_stream_token(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, (CurrentSession(session), TicketPath(id))): Request,
) -> Result<HttpResponse, ApiError> {
    let by = Authenticated { actor, session };
    let token = use_cases.issue_stream_token.execute(by, id).await?;
    Ok(HttpResponse::Ok().json(StreamTokenResponse {
        token: token.secret,
        expires_in: StreamToken::LIFETIME.as_secs(),
    }))
}
