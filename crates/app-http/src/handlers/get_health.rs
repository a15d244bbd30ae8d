use actix_web::{HttpResponse, web};
use serde::Serialize;

use crate::error::ApiError;
use crate::use_cases::UseCases;

#[derive(Serialize)]
struct LivenessResponse {
    status: &'static str,
}

#[derive(Serialize)]
struct ReadinessResponse {
    status: &'static str,
    checks: Checks,
}

#[derive(Serialize)]
struct Checks {
    database: &'static str,
    migrations: &'static str,
    accepting: &'static str,
}

/// `GET /health/live`: the process answers.
pub(crate) async fn get_liveness() -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(LivenessResponse { status: "ok" }))
}

/// `GET /health/ready`: the process should be sent requests.
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
