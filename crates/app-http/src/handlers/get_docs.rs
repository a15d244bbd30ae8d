use std::sync::Arc;

use actix_web::{HttpResponse, web};
use utoipa_swagger_ui::{Config, serve};

use crate::error::ApiError;
use crate::openapi::problems::{self, Problems};

/// The page and what it loads come from here alone; Swagger UI sets styles in its elements and
/// draws with images in its style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// `GET /docs`: where the documentation to browse is.
#[utoipa::path(
    get,
    path = "/docs",
    operation_id = "get_docs",
    tag = "Service",
    summary = "Find the documentation",
    description = "This description as a page to browse and to try the API on.",
    responses(
        (
            status = 308,
            description = "The page is at `/docs/`",
            headers(("Location" = String, description = "The page's address"))
        ),
        Problems<problems::Prepared>,
    ),
    security(()),
)]
pub(crate) async fn get_docs() -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::PermanentRedirect()
        .insert_header(("location", "docs/"))
        .finish())
}

/// `GET /docs/{file}`: the page, and the scripts and styles that it consists of.
#[utoipa::path(
    get,
    path = "/docs/{file}",
    operation_id = "get_docs_file",
    tag = "Service",
    summary = "Browse the documentation",
    description = "The page where `file` is empty, else what it consists of.",
    params(("file" = String, Path, example = "index.html", description = "A file of the page")),
    responses(
        (
            status = 200,
            description = "The page or the file",
            content(
                (String = "text/html"),
                (String = "text/css"),
                (String = "text/javascript"),
                (String = "application/json"),
                (String = "image/png"),
            )
        ),
        Problems<(problems::Prepared, problems::Thing)>,
    ),
    security(()),
)]
pub(crate) async fn get_docs_file(file: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let config = Config::from("../openapi.json")
        .persist_authorization(false)
        .try_it_out_enabled(true)
        // Nobody else is shown the description.
        .validator_url("none");
    let file = serve(&file, Arc::new(config))
        .map_err(|error| ApiError::Internal(error.to_string().into()))?;
    let file = file.ok_or(ApiError::NotFound)?;
    let mut response = HttpResponse::Ok();
    response
        .content_type(file.content_type)
        .insert_header(("content-security-policy", POLICY));
    if file.gzpipped {
        response.insert_header(("content-encoding", "gzip"));
    }
    Ok(response.body(file.bytes.into_owned()))
}
