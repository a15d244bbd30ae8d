use actix_web::{HttpResponse, web};
use domain::password::{Password, PasswordAttempt};
use domain::use_cases::Authenticated;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Client, CurrentSession, JsonBody, SignedIn};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePasswordRequest {
    #[schema(format = Password, example = "correct horse battery")]
    current_password: String,
    #[schema(format = Password, min_length = 8, max_length = 128, example = "another horse battery")]
    new_password: String,
}

type Request = SignedIn<(CurrentSession, Client, JsonBody<ChangePasswordRequest>)>;

/// `POST /auth/password`: replaces the own password and ends every other session.
#[utoipa::path(
    post,
    path = "/auth/password",
    operation_id = "change_password",
    tag = "Accounts",
    summary = "Change the own password",
    description = "Ends every other session of the account; this one stays.",
    request_body(content = ChangePasswordRequest),
    responses(
        (status = 204, description = "The password is changed"),
        Problems<(problems::SignedIn, problems::Body, problems::Guessed, problems::WrongPassword)>,
    ),
)]
pub(crate) async fn change_password(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, (CurrentSession(session), Client(network), JsonBody(body))): Request,
) -> Result<HttpResponse, ApiError> {
    let mut validation = Validation::default();
    let new = validation.check("new_password", Password::parse(body.new_password));
    let Some(new) = new else {
        return Err(validation.into_error());
    };
    let who = Authenticated { actor, session };
    let current = PasswordAttempt::new(body.current_password);
    use_cases
        .change_password
        .execute(who, current, new, network)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
