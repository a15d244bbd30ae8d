use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::prompt_template_response::PromptTemplateResponse;
use super::{ListResponse, limit_schema, next_link, read_limit};
use crate::cursor::{decode_version, encode_version};
use crate::error::ApiError;
use crate::extract::{QueryParameters, SignedIn, TemplatePath};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListVersionsQuery {
    /// How many; more than 100 are 100.
    #[param(schema_with = limit_schema)]
    limit: Option<String>,
    /// A `next_cursor` of the same list.
    cursor: Option<String>,
}

type Request = SignedIn<(TemplatePath, QueryParameters<ListVersionsQuery>)>;

/// `GET /prompt-templates/{name}/versions`: a template's history, newest first; for admins.
#[utoipa::path(
    get,
    path = "/prompt-templates/{name}/versions",
    operation_id = "list_prompt_template_versions",
    tag = "Administration",
    summary = "List a prompt template's versions",
    description = "Newest first; one without parts withdrew those before it. For admins.",
    params(
        ("name" = String, Path, description = "A ticket's category, or `default`", example = "default"),
        ListVersionsQuery,
    ),
    responses(
        (status = 200, description = "A page of versions", body = ListResponse<PromptTemplateResponse>, headers(("Link" = String, description = "With `rel=\"next\"`, where the next page is, if there is one"))),
        Problems<(problems::SignedIn, problems::Parameters, problems::ForRoles, problems::Thing)>,
    ),
)]
pub(crate) async fn list_prompt_template_versions(
    request: HttpRequest,
    use_cases: web::Data<UseCases>,
    SignedIn(actor, (TemplatePath(name), QueryParameters(query))): Request,
) -> Result<HttpResponse, ApiError> {
    let mut validation = Validation::default();
    let limit = read_limit(&mut validation, query.limit.as_deref());
    let before = query
        .cursor
        .and_then(|cursor| validation.check("cursor", decode_version(&name, &cursor)));
    validation.finish()?;

    let page = use_cases
        .show_prompt_template
        .versions(actor, &name, before, limit)
        .await?;
    let next_cursor = page.next.map(|version| encode_version(&name, version));
    let mut response = HttpResponse::Ok();
    if let Some(cursor) = &next_cursor {
        let path = format!("/prompt-templates/{}/versions", name.as_str());
        response.insert_header(next_link(&path, request.query_string(), cursor));
    }
    let items = page.items.into_iter().map(PromptTemplateResponse::from);
    Ok(response.json(ListResponse {
        items: items.collect(),
        next_cursor,
    }))
}
