use actix_web::{HttpResponse, web};
use domain::prompt::{VARIABLES, Variable};
use serde::Serialize;
use utoipa::ToSchema;

use super::ListResponse;
use crate::error::ApiError;
use crate::extract::{NoParameters, QueryParameters, SignedIn};
use crate::openapi::names;
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;

/// Something that a part of a template may use.
#[derive(Serialize, ToSchema)]
#[schema(as = PromptVariable)]
pub(crate) struct VariableResponse {
    #[schema(value_type = names::TemplatePart)]
    part: &'static str,
    /// Members of a list's items are written `list[].member`.
    #[schema(example = "sources[].title")]
    name: &'static str,
    /// `string`, `integer` or `list`.
    #[schema(example = "string")]
    r#type: &'static str,
    description: &'static str,
    example: &'static str,
}

impl From<Variable> for VariableResponse {
    fn from(variable: Variable) -> Self {
        Self {
            part: variable.part.as_str(),
            name: variable.name,
            r#type: variable.kind,
            description: variable.description,
            example: variable.example,
        }
    }
}

/// `GET /prompt-templates/variables`: what templates may use; for admins.
#[utoipa::path(
    get,
    path = "/prompt-templates/variables",
    operation_id = "list_prompt_variables",
    tag = "Administration",
    summary = "List what prompt templates may use",
    description = "Every variable of either part; for admins.",
    responses(
        (status = 200, description = "The variables, on one page", body = ListResponse<VariableResponse>),
        Problems<(problems::SignedIn, problems::Parameters, problems::ForRoles)>,
    ),
)]
pub(crate) async fn list_prompt_variables(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, QueryParameters(NoParameters {})): SignedIn<QueryParameters<NoParameters>>,
) -> Result<HttpResponse, ApiError> {
    use_cases.list_prompt_templates.ensure_allowed(actor)?;
    Ok(HttpResponse::Ok().json(ListResponse {
        items: VARIABLES.into_iter().map(VariableResponse::from).collect(),
        next_cursor: None,
    }))
}
