use actix_web::{HttpResponse, HttpResponseBuilder, http::StatusCode, http::header};

use crate::{
    error::{ApiError, ErrorBody},
    wire,
};

pub(crate) const JSON: &str = "application/json";
pub(crate) const EVENT_STREAM: &str = "text/event-stream";

/// What the rate-limit headers say. The numbers belong together: a bucket of `limit` refills
/// evenly over its window, so `reset` is the time until the missing part is back.
const RATE_LIMITS: [(&str, &str); 6] = [
    ("x-ratelimit-limit-requests", "1000"),
    ("x-ratelimit-limit-tokens", "8000"),
    ("x-ratelimit-remaining-requests", "999"),
    ("x-ratelimit-remaining-tokens", "7700"),
    ("x-ratelimit-reset-requests", "1m26.4s"),
    ("x-ratelimit-reset-tokens", "2.25s"),
];

/// Starts a response with the headers that every answer of the service carries.
pub(crate) fn respond(status: StatusCode, request_id: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::VARY, "Origin"))
        .insert_header(("x-groq-region", "us-east-1"))
        .insert_header(("x-request-id", request_id));
    if status != StatusCode::UNAUTHORIZED {
        for limit in RATE_LIMITS {
            response.insert_header(limit);
        }
    }
    response
}

/// Marks a JSON answer as one that no cache may keep.
pub(crate) fn respond_with_json(status: StatusCode, request_id: &str) -> HttpResponseBuilder {
    let mut response = respond(status, request_id);
    response
        .insert_header((
            header::CACHE_CONTROL,
            "private, max-age=0, no-store, no-cache, must-revalidate",
        ))
        .insert_header((header::CONTENT_TYPE, JSON));
    response
}

pub(crate) fn respond_with_error(error: &ApiError, request_id: &str) -> HttpResponse {
    let body = wire::json_line(&ErrorBody {
        error: &error.detail,
    });
    respond_with_json(error.status, request_id).body(body)
}
