use actix_web::{HttpResponse, web};

use super::prompt_template_response::PromptTemplateResponse;
use super::ticket_response::etag;
use crate::error::ApiError;
use crate::extract::{SignedIn, TemplatePath};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;

/// `GET /prompt-templates/{name}`: the version in force; for admins.
#[utoipa::path(
    get,
    path = "/prompt-templates/{name}",
    operation_id = "get_prompt_template",
    tag = "Administration",
    summary = "Show a prompt template",
    description = "The version in force; for admins.",
    params(
        ("name" = String, Path, description = "A ticket's category, or `default`", example = "default"),
    ),
    responses(
        (status = 200, description = "The template", body = PromptTemplateResponse, headers(("ETag" = String, description = "The template's version in quotes, for `If-Match`"))),
        Problems<(problems::SignedIn, problems::ForRoles, problems::Thing)>,
    ),
)]
pub(crate) async fn get_prompt_template(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, TemplatePath(name)): SignedIn<TemplatePath>,
) -> Result<HttpResponse, ApiError> {
    let template = use_cases.show_prompt_template.execute(actor, &name).await?;
    Ok(HttpResponse::Ok()
        .insert_header(etag(template.version.into()))
        .json(PromptTemplateResponse::from(template)))
}
