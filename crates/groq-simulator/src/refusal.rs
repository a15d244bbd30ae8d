use std::time::Duration;

use actix_web::{
    HttpResponseBuilder,
    http::{StatusCode, header},
};
use serde::de::IgnoredAny;

use crate::{
    error::{ApiError, ErrorBody, ORGANIZATION, RATE_LIMIT_EXCEEDED},
    headers::{respond, respond_with_json},
    reply::{RetryAfter, ScriptedRefusal},
    wire,
};

const FORBIDDEN_PAGE: &str = "<!DOCTYPE html>\n<html lang=\"en-US\">\n<head><title>Attention \
     Required! | Cloudflare</title></head>\n<body>\n<h1>Sorry, you have been blocked</h1>\n\
     <h2>You are unable to access groq.com</h2>\n</body>\n</html>\n";
const BAD_GATEWAY_PAGE: &str = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n\
     <center><h1>502 Bad Gateway</h1></center>\n<hr><center>cloudflare</center>\n</body>\n\
     </html>\n";

const TOKENS_PER_MINUTE: u64 = 8_000;
const TOKENS_USED: u64 = 7_900;
/// The rate-limit headers that go with these numbers.
const USED_UP: [(&str, &str); 2] = [
    ("x-ratelimit-remaining-tokens", "100"),
    ("x-ratelimit-reset-tokens", "59.25s"),
];

impl ScriptedRefusal {
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The head and the body of the answer.
    pub(crate) fn respond(
        &self,
        model: &str,
        request_id: &str,
        extra_headers: &[(String, String)],
    ) -> (HttpResponseBuilder, String) {
        let status = self.status();
        let (body, is_json) = self.body_and_kind(model);

        let mut response = if is_json {
            respond_with_json(status, request_id)
        } else {
            respond_with_html(status, request_id)
        };
        if let Some(seconds) = self.retry_after_seconds() {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            for header in USED_UP {
                response.insert_header(header);
            }
        }
        for (name, value) in extra_headers {
            response.insert_header((name.as_str(), value.as_str()));
        }
        (response, body)
    }

    fn body_and_kind(&self, model: &str) -> (String, bool) {
        if let Some(body) = &self.body {
            let is_json = serde_json::from_str::<IgnoredAny>(body).is_ok();
            return (body.clone(), is_json);
        }
        match self.status() {
            StatusCode::FORBIDDEN if self.code.is_none() => (String::from(FORBIDDEN_PAGE), false),
            StatusCode::BAD_GATEWAY if self.code.is_none() => {
                (String::from(BAD_GATEWAY_PAGE), false)
            }
            _ => {
                let error = &self.error(model).detail;
                (wire::json_line(&ErrorBody { error }), true)
            }
        }
    }

    fn error(&self, model: &str) -> ApiError {
        if let Some(code) = &self.code {
            return ApiError::with_known_code(code, model)
                .unwrap_or_else(|| ApiError::plain(self.status()).with_code(code.clone()));
        }
        self.error_for_status(model)
    }

    fn error_for_status(&self, model: &str) -> ApiError {
        match self.status() {
            StatusCode::TOO_MANY_REQUESTS => rate_limited(model, self.wait()),
            other => error_for_status(other, model),
        }
    }

    /// The time after which the request would fit again.
    fn wait(&self) -> Duration {
        match self.retry_after {
            RetryAfter::Usual | RetryAfter::Omitted => Duration::from_millis(1_500),
            RetryAfter::Seconds(seconds) => Duration::from_secs(seconds),
        }
    }

    fn retry_after_seconds(&self) -> Option<u64> {
        match self.retry_after {
            RetryAfter::Usual if self.status() == StatusCode::TOO_MANY_REQUESTS => Some(2),
            RetryAfter::Usual | RetryAfter::Omitted => None,
            RetryAfter::Seconds(seconds) => Some(seconds),
        }
    }
}

/// The error inside a stream with that status. The only ones that were ever seen there are failed
/// tool calls.
pub(crate) fn error_within_stream(status: StatusCode, model: &str) -> ApiError {
    if status == StatusCode::BAD_REQUEST {
        ApiError::tool_use_failed()
    } else {
        error_for_status(status, model)
    }
}

/// The error that usually comes with a status.
fn error_for_status(status: StatusCode, model: &str) -> ApiError {
    match status.as_u16() {
        400 => ApiError::context_length_exceeded(),
        401 => ApiError::invalid_api_key(),
        404 => ApiError::unknown_model(model),
        413 => request_too_large(model),
        429 => rate_limited(model, Duration::from_millis(1_500)),
        498 => ApiError::plain(status).with_code("capacity_exceeded"),
        503 => ApiError::over_capacity(model),
        _ => ApiError::plain(status),
    }
}

/// The numbers add up as the service's do: the wait is the time in which a bucket of so many
/// tokens a minute refills by what is missing.
fn rate_limited(model: &str, wait: Duration) -> ApiError {
    let refilled = wait.as_secs_f64() * 8_000.0 / 60.0;
    let requested = format!("{:.0}", 100.0 + refilled);
    let message = format!(
        "Rate limit reached for model `{model}` in organization \
         `{ORGANIZATION}` service tier `on_demand` on tokens per minute (TPM): \
         Limit {TOKENS_PER_MINUTE}, Used {TOKENS_USED}, Requested {requested}. Please try again \
         in {wait}s. Need more tokens? Upgrade to Dev Tier today at \
         https://console.groq.com/settings/billing",
        wait = wait.as_secs_f64(),
    );
    ApiError::new(StatusCode::TOO_MANY_REQUESTS, "tokens", message).with_code(RATE_LIMIT_EXCEEDED)
}

fn request_too_large(model: &str) -> ApiError {
    let message = format!(
        "Request too large for model `{model}` in organization \
         `{ORGANIZATION}` service tier `on_demand` on tokens per minute (TPM): \
         Limit {TOKENS_PER_MINUTE}, Requested 9300, please reduce your message size and try \
         again. Need more tokens? Upgrade to Dev Tier today at \
         https://console.groq.com/settings/billing"
    );
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "tokens", message).with_code(RATE_LIMIT_EXCEEDED)
}

fn respond_with_html(status: StatusCode, request_id: &str) -> HttpResponseBuilder {
    let mut response = respond(status, request_id);
    response.insert_header((header::CONTENT_TYPE, "text/html; charset=UTF-8"));
    response
}
