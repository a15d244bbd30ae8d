use actix_web::{HttpResponse, web};

use super::user_response::UserResponse;
use crate::error::ApiError;
use crate::extract::SignedIn;
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;

/// `GET /auth/me`: the own account.
#[utoipa::path(
    get,
    path = "/auth/me",
    operation_id = "get_me",
    tag = "Accounts",
    summary = "Show the own account",
    description = "Who the access token belongs to.",
    responses(
        (status = 200, description = "The account", body = UserResponse),
        Problems<problems::SignedIn>,
    ),
)]
pub(crate) async fn get_me(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, ()): SignedIn,
) -> Result<HttpResponse, ApiError> {
    let user = use_cases
        .show_profile
        .execute(actor)
        .await?
        .ok_or(ApiError::InvalidToken)?;
    Ok(HttpResponse::Ok().json(UserResponse::from(user)))
}
