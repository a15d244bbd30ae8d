use actix_web::{HttpResponse, web};

use crate::error::ApiError;
use crate::extract::{CurrentSession, SignedIn};
use crate::use_cases::UseCases;

/// `POST /auth/logout`: ends the session that the access token belongs to.
pub(crate) async fn log_out(
    use_cases: web::Data<UseCases>,
    SignedIn(_, CurrentSession(session)): SignedIn<CurrentSession>,
) -> Result<HttpResponse, ApiError> {
    use_cases.log_out.execute(session).await?;
    Ok(HttpResponse::NoContent().finish())
}
