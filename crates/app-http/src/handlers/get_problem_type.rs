use actix_web::http::header::{Accept, Header as _};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::openapi::names::ProblemCode;
use crate::openapi::problems::{self, Problems};
use crate::problem::types::ProblemType;

#[derive(Serialize, ToSchema)]
#[schema(as = ProblemType)]
pub(crate) struct ProblemTypeResponse {
    #[schema(example = "/problems/not_found")]
    r#type: String,
    #[schema(example = "Not Found")]
    title: &'static str,
    #[schema(example = "404")]
    status: String,
    #[schema(value_type = ProblemCode)]
    code: &'static str,
    description: &'static str,
}

/// `GET /problems/{code}`: what the `type` of a problem leads to. For people a page, for programs
/// that ask for it JSON.
#[utoipa::path(
    get,
    path = "/problems/{code}",
    operation_id = "get_problem_type",
    tag = "Service",
    summary = "Explain a problem",
    description = "What the `type` of a problem leads to: a page, or JSON for those who ask for it.",
    params(
        ("code" = ProblemCode, Path, description = "The problem's `code`"),
    ),
    responses(
        (
            status = 200,
            description = "When the problem is told",
            content((String = "text/html"), (ProblemTypeResponse = "application/json"))
        ),
        Problems<(problems::Prepared, problems::Thing)>,
    ),
    security(()),
)]
pub(crate) async fn get_problem_type(
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let kind = ProblemType::of_code(&code).ok_or(ApiError::NotFound)?;
    let title = kind.status.canonical_reason().unwrap_or("Error");
    let status = kind.status_text();
    let mut response = HttpResponse::Ok();
    response.insert_header(("vary", "accept"));
    if wants_json(&request) {
        return Ok(response.json(ProblemTypeResponse {
            r#type: format!("/problems/{}", kind.code),
            title,
            status,
            code: kind.code,
            description: kind.when,
        }));
    }
    // Neither codes nor descriptions have characters that HTML gives a meaning to.
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{code}</title></head>\n\
         <body>\n<h1>{code}</h1>\n<p>{status} {title}: {when}.</p>\n</body>\n</html>\n",
        code = kind.code,
        when = kind.when.replace('`', ""),
    );
    Ok(response.content_type("text/html; charset=utf-8").body(page))
}

fn wants_json(request: &HttpRequest) -> bool {
    let accepted = Accept::parse(request).map(|accept| accept.ranked());
    let best = accepted.unwrap_or_default().into_iter().next();
    best.is_some_and(|mime| mime.subtype() == "json")
}
