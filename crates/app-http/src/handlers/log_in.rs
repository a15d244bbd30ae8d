use actix_web::dev::Payload;
use actix_web::{FromRequest as _, HttpRequest, HttpResponse, web};
use domain::password::PasswordAttempt;
use serde::Deserialize;
use utoipa::ToSchema;

use super::token_response::{TokenResponse, token_response};
use crate::error::ApiError;
use crate::extract::{Client, Form, JsonBody, is_form};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LogInRequest {
    #[schema(example = "ada@example.com")]
    email: String,
    #[schema(format = Password, example = "correct horse battery")]
    password: String,
}

/// The password grant of OAuth 2.0 (RFC 6749, section 4.3.2), which many tools send.
#[derive(Deserialize, ToSchema)]
struct PasswordGrant {
    #[schema(pattern = "^password$", example = "password")]
    grant_type: Option<String>,
    /// The e-mail address.
    #[schema(example = "ada@example.com")]
    username: String,
    #[schema(format = Password, example = "correct horse battery")]
    password: String,
}

/// `POST /auth/login`: signs a person in and begins a session.
#[utoipa::path(
    post,
    path = "/auth/login",
    operation_id = "log_in",
    tag = "Accounts",
    summary = "Sign in",
    description = "Begins a session. Takes JSON or the form of OAuth 2.0's password grant.",
    request_body(content((LogInRequest = "application/json"), (PasswordGrant = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "The session's tokens", body = TokenResponse),
        Problems<(problems::Stored, problems::Body, problems::Guessed, problems::WrongCredentials)>,
    ),
    security(()),
)]
pub(crate) async fn log_in(
    use_cases: web::Data<UseCases>,
    Client(network): Client,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let mut payload: Payload = payload.into_inner();
    let (email, password) = if is_form(&request) {
        let Form(grant) = Form::<PasswordGrant>::from_request(&request, &mut payload).await?;
        if grant.grant_type.is_some_and(|kind| kind != "password") {
            let message = "must be `password`";
            return Err(ApiError::field("grant_type", "invalid_value", message));
        }
        (grant.username, grant.password)
    } else {
        let JsonBody(body) = JsonBody::<LogInRequest>::from_request(&request, &mut payload).await?;
        (body.email, body.password)
    };
    let pair = use_cases
        .sign_in
        .execute(&email, PasswordAttempt::new(password), network)
        .await?;
    Ok(token_response(pair))
}
