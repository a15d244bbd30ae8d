use actix_web::HttpResponse;

use crate::error::ApiError;
use crate::openapi::DOCUMENT;
use crate::openapi::problems::{self, Problems};

/// `GET /openapi.json`: the API's own description.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "get_openapi",
    tag = "Service",
    summary = "Describe the API",
    description = "This description, in OpenAPI 3.1.",
    responses(
        (status = 200, description = "The description", body = serde_json::Value),
        Problems<problems::Prepared>,
    ),
    security(()),
)]
pub(crate) async fn get_openapi() -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .body(DOCUMENT.as_str()))
}
