use actix_web::http::StatusCode;
use serde::Serialize;

const INVALID_REQUEST: &str = "invalid_request_error";
const INTERNAL: &str = "internal_server_error";
pub(crate) const RATE_LIMIT_EXCEEDED: &str = "rate_limit_exceeded";
/// Whose limits they are.
pub(crate) const ORGANIZATION: &str = "org_01k0000000000000000000000a";

/// An error the way the service words it, with the status it comes with.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) detail: ErrorDetail,
}

/// The inside of `{"error": {..}}`. The order of the fields is the order on the wire.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ErrorDetail {
    message: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    param: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_generation: Option<&'static str>,
    /// Only in an error that is sent inside a stream, where there is no status line any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    status_code: Option<u16>,
}

#[derive(Serialize)]
pub(crate) struct ErrorBody<'a> {
    pub(crate) error: &'a ErrorDetail,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            detail: ErrorDetail {
                message: message.into(),
                kind: Some(kind),
                code: None,
                param: None,
                failed_generation: None,
                status_code: None,
            },
        }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, INVALID_REQUEST, message)
    }

    pub(crate) fn invalid_api_key() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, INVALID_REQUEST, "Invalid API Key")
            .with_code("invalid_api_key")
    }

    pub(crate) fn unknown_model(id: &str) -> Self {
        let message = format!("The model `{id}` does not exist or you do not have access to it.");
        Self::new(StatusCode::NOT_FOUND, INVALID_REQUEST, message).with_code("model_not_found")
    }

    pub(crate) fn unknown_url(method: &str, path: &str) -> Self {
        let message = format!(
            "Unknown request URL: {method} {path}. Please check the URL for typos, or see the \
             docs at https://console.groq.com/docs/"
        );
        Self::new(StatusCode::NOT_FOUND, INVALID_REQUEST, message).with_code("unknown_url")
    }

    pub(crate) fn body_too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            INVALID_REQUEST,
            "Request Entity Too Large",
        )
        .with_code("request_too_large")
    }

    pub(crate) fn context_length_exceeded() -> Self {
        Self::invalid("Please reduce the length of the messages or completion.")
            .with_code("context_length_exceeded")
            .with_param("messages")
    }

    pub(crate) fn tool_use_failed() -> Self {
        Self::invalid("Tool choice is required, but model did not call a tool")
            .with_code("tool_use_failed")
            .with_failed_generation()
    }

    /// The error that has this code, if the code implies one.
    pub(crate) fn with_known_code(code: &str, model: &str) -> Option<Self> {
        Some(match code {
            "context_length_exceeded" => Self::context_length_exceeded(),
            "invalid_api_key" => Self::invalid_api_key(),
            "json_validate_failed" => Self::invalid(
                "Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for \
                 more details.",
            )
            .with_code("json_validate_failed")
            .with_failed_generation(),
            "model_decommissioned" => Self::invalid(format!(
                "The model `{model}` has been decommissioned and is no longer supported. Please \
                 refer to https://console.groq.com/docs/deprecations for a recommendation on \
                 which model to use instead."
            ))
            .with_code("model_decommissioned"),
            "model_not_found" => Self::unknown_model(model),
            "request_too_large" => Self::body_too_large(),
            "tool_use_failed" => Self::tool_use_failed(),
            _ => return None,
        })
    }

    /// Carries no `code`, unlike the other errors: clients have to go by the status.
    pub(crate) fn over_capacity(model: &str) -> Self {
        let message = format!(
            "{model} is currently over capacity. Please try again and back off exponentially. \
             Visit https://groqstatus.com to see if there is an active incident."
        );
        Self::new(StatusCode::SERVICE_UNAVAILABLE, INTERNAL, message)
    }

    /// The words for a status that needs no words of its own.
    pub(crate) fn plain(status: StatusCode) -> Self {
        let kind = if status.is_server_error() {
            INTERNAL
        } else {
            INVALID_REQUEST
        };
        Self::new(
            status,
            kind,
            status.canonical_reason().unwrap_or("Unknown error"),
        )
    }

    #[must_use]
    pub(crate) fn with_code(mut self, code: impl Into<Box<str>>) -> Self {
        self.detail.code = Some(code.into());
        self
    }

    #[must_use]
    pub(crate) fn with_param(mut self, param: &'static str) -> Self {
        self.detail.param = Some(param);
        self
    }

    #[must_use]
    fn with_failed_generation(mut self) -> Self {
        self.detail.failed_generation = Some("");
        self
    }
}

impl ErrorDetail {
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The form this error takes in the middle of a stream.
    #[must_use]
    pub(crate) fn within_stream(mut self, status: StatusCode) -> Self {
        self.status_code = Some(status.as_u16());
        self
    }
}
