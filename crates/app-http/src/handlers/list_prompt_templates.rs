use actix_web::{HttpResponse, web};

use super::ListResponse;
use super::prompt_template_response::SummaryResponse;
use crate::error::ApiError;
use crate::extract::{NoParameters, QueryParameters, SignedIn};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;

/// `GET /prompt-templates`: every template in force; for admins.
#[utoipa::path(
    get,
    path = "/prompt-templates",
    operation_id = "list_prompt_templates",
    tag = "Administration",
    summary = "List prompt templates",
    description = "Every template in force, by name, on one page; for admins.",
    responses(
        (status = 200, description = "The templates", body = ListResponse<SummaryResponse>),
        Problems<(problems::SignedIn, problems::Parameters, problems::ForRoles)>,
    ),
)]
pub(crate) async fn list_prompt_templates(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, QueryParameters(NoParameters {})): SignedIn<QueryParameters<NoParameters>>,
) -> Result<HttpResponse, ApiError> {
    let templates = use_cases.list_prompt_templates.execute(actor).await?;
    Ok(HttpResponse::Ok().json(ListResponse {
        items: templates.iter().map(SummaryResponse::from).collect(),
        next_cursor: None,
    }))
}
