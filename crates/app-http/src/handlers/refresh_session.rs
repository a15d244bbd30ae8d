use actix_web::{HttpResponse, web};
use domain::session::RefreshToken;
use serde::Deserialize;
use utoipa::ToSchema;

use super::token_response::{TokenResponse, token_response};
use crate::error::ApiError;
use crate::extract::JsonBody;
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshSessionRequest {
    #[schema(example = "hq2vM0Jx…")]
    refresh_token: String,
}

/// `POST /auth/refresh`: a new pair of tokens for a refresh token, which is used up.
#[utoipa::path(
    post,
    path = "/auth/refresh",
    operation_id = "refresh_session",
    tag = "Accounts",
    summary = "Renew a session",
    description = "Gives new tokens for a refresh token, which is used up. One that is used again ends its session.",
    request_body(content = RefreshSessionRequest),
    responses(
        (status = 200, description = "The session's new tokens", body = TokenResponse),
        Problems<(problems::Stored, problems::Body, problems::InvalidRefreshToken)>,
    ),
    security(()),
)]
pub(crate) async fn refresh_session(
    use_cases: web::Data<UseCases>,
    JsonBody(body): JsonBody<RefreshSessionRequest>,
) -> Result<HttpResponse, ApiError> {
    let token = RefreshToken::from_client(body.refresh_token);
    let pair = use_cases.renew_session.execute(&token).await?;
    Ok(token_response(pair))
}
