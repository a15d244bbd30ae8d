use actix_web::{HttpResponse, web};
use domain::password::Password;
use domain::user::Email;
use serde::Deserialize;
use utoipa::ToSchema;

use super::user_response::UserResponse;
use crate::error::ApiError;
use crate::extract::{Client, JsonBody};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignUpRequest {
    #[schema(format = Email, max_length = 254, example = "ada@example.com")]
    email: String,
    #[schema(format = Password, min_length = 8, max_length = 128, example = "correct horse battery")]
    password: String,
}

/// `POST /auth/signup`: makes a customer's account.
#[utoipa::path(
    post,
    path = "/auth/signup",
    operation_id = "sign_up",
    tag = "Accounts",
    summary = "Sign up",
    description = "Makes a customer's account. Agents and admins are made by admins and on the command line.",
    request_body(content = SignUpRequest),
    responses(
        (status = 201, description = "The account", body = UserResponse),
        Problems<(problems::Stored, problems::Body, problems::Guessed, problems::EmailTaken)>,
    ),
    security(()),
)]
pub(crate) async fn sign_up(
    use_cases: web::Data<UseCases>,
    Client(network): Client,
    JsonBody(body): JsonBody<SignUpRequest>,
) -> Result<HttpResponse, ApiError> {
    let mut validation = Validation::default();
    let email = validation.check("email", Email::parse(&body.email));
    let password = validation.check("password", Password::parse(body.password));
    let (Some(email), Some(password)) = (email, password) else {
        return Err(validation.into_error());
    };
    let user = use_cases.sign_up.execute(email, password, network).await?;
    Ok(HttpResponse::Created().json(UserResponse::from(user)))
}
