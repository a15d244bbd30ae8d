use actix_web::{HttpResponse, web};

use crate::error::ApiError;
use crate::extract::{CurrentSession, SignedIn};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;

/// `POST /auth/logout`: ends the session that the access token belongs to.
#[utoipa::path(
    post,
    path = "/auth/logout",
    operation_id = "log_out",
    tag = "Accounts",
    summary = "Sign out",
    description = "Ends the session that the access token belongs to; all of its tokens die.",
    responses(
        (status = 204, description = "The session is over"),
        Problems<problems::SignedIn>,
    ),
)]
pub(crate) async fn log_out(
    use_cases: web::Data<UseCases>,
    SignedIn(_actor, CurrentSession(session)): SignedIn<CurrentSession>,
) -> Result<HttpResponse, ApiError> {
    use_cases.log_out.execute(session).await?;
    Ok(HttpResponse::NoContent().finish())
}
