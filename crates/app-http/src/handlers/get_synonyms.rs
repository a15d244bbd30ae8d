use actix_web::{HttpResponse, web};

use super::synonyms_response::SynonymsResponse;
use crate::error::ApiError;
use crate::extract::SignedIn;
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;

/// `GET /articles/synonyms`: what the search takes for the same; for agents.
#[utoipa::path(
    get,
    path = "/articles/synonyms",
    operation_id = "get_synonyms",
    tag = "Articles",
    summary = "Show the synonyms",
    description = "What the search takes for the same; for agents.",
    responses(
        (status = 200, description = "The synonyms in use", body = SynonymsResponse),
        Problems<(problems::SignedIn, problems::ForRoles)>,
    ),
)]
pub(crate) async fn get_synonyms(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, ()): SignedIn,
) -> Result<HttpResponse, ApiError> {
    let used = use_cases.show_synonyms.execute(actor).await?;
    Ok(HttpResponse::Ok().json(SynonymsResponse::from(used)))
}
