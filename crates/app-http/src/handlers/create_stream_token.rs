use actix_web::{HttpResponse, web};
use domain::stream_token::StreamToken;
use domain::use_cases::Authenticated;
use serde::Serialize;

use crate::error::ApiError;
use crate::extract::{CurrentSession, SignedIn, TicketPath};
use crate::use_cases::UseCases;

#[derive(Serialize)]
struct StreamTokenResponse {
    token: String,
    expires_in: u64,
}

type Request = SignedIn<(CurrentSession, TicketPath)>;

/// `POST /tickets/{id}/stream-token`: a token that opens the ticket's stream by its address alone.
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
