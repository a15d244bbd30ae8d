use actix_web::{HttpResponse, web};
use domain::session::RefreshToken;
use serde::Deserialize;

use super::token_response::token_response;
use crate::error::ApiError;
use crate::extract::JsonBody;
use crate::use_cases::UseCases;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshSessionRequest {
    refresh_token: String,
}

/// `POST /auth/refresh`: a new pair of tokens for a refresh token, which is used up.
pub(crate) async fn refresh_session(
    use_cases: web::Data<UseCases>,
    JsonBody(body): JsonBody<RefreshSessionRequest>,
) -> Result<HttpResponse, ApiError> {
    let token = RefreshToken::from_client(body.refresh_token);
    let pair = use_cases.renew_session.execute(&token).await?;
    Ok(token_response(pair))
}
