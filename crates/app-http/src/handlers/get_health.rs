use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::openapi::problems::Problems;
use crate::use_cases::UseCases;

#[derive(Serialize, ToSchema)]
#[schema(as = Liveness)]
pub(crate) struct LivenessResponse {
    #[schema(example = "ok")]
    status: &'static str,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Readiness)]
pub(crate) struct ReadinessResponse {
    /// `ready` or `not_ready`.
    #[schema(example = "ready")]
    status: &'static str,
    checks: Checks,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Checks {
    /// `ok` or `failed`, like the others.
    #[schema(example = "ok")]
    database: &'static str,
    #[schema(example = "ok")]
    migrations: &'static str,
    #[schema(example = "ok")]
    accepting: &'static str,
}

/// `GET /health/live`: the process answers.
#[utoipa::path(
    get,
    path = "/health/live",
    operation_id = "get_liveness",
    tag = "Service",
    summary = "Tell that the process answers",
    description = "For supervisors.",
    responses(
        (status = 200, description = "It answers", body = LivenessResponse),
        Problems<()>,
    ),
    security(()),
)]
pub(crate) async fn get_liveness() -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(LivenessResponse { status: "ok" }))
}

/// `GET /health/ready`: the process should be sent requests.
#[utoipa::path(
    get,
    path = "/health/ready",
    operation_id = "get_readiness",
    tag = "Service",
    summary = "Tell whether requests are served",
    description = "For load balancers.",
    responses(
        (status = 200, description = "It serves", body = ReadinessResponse),
        (
            status = 503,
            description = "It does not serve now",
            body = ReadinessResponse,
            headers(("Retry-After" = u32, description = "Seconds to wait"))
        ),
        Problems<()>,
    ),
    security(()),
)]
pub(crate) async fn get_readiness(
    use_cases: web::Data<UseCases>,
) -> Result<HttpResponse, ApiError> {
    let readiness = &use_cases.readiness;
    let database = readiness.store.ping().await.is_ok();
    let migrations = readiness.prepared.is_cancelled()
        && matches!(readiness.store.is_migrated().await, Ok(true));
    let accepting = !readiness.draining.is_cancelled();

    let ready = database && migrations && accepting;
    let word = |good: bool| if good { "ok" } else { "failed" };
    let mut response = if ready {
        HttpResponse::Ok()
    } else {
        HttpResponse::ServiceUnavailable()
    };
    if !ready {
        response.insert_header(("retry-after", "2"));
    }
    Ok(response.json(ReadinessResponse {
        status: if ready { "ready" } else { "not_ready" },
        checks: Checks {
            database: word(database),
            migrations: word(migrations),
            accepting: word(accepting),
        },
    }))
}
