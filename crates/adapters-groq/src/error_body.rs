use domain::ports::{ChatModelError, RetryAdvice};
use serde_json::Value;

use crate::fault::Fault;
use crate::refusal::status_error;

/// What a host tells about an error, without its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorBody {
    status: Option<u16>,
    code: Option<String>,
    kind: Option<String>,
}

impl ErrorBody {
    /// Reads the value of an `error` field, an object or only a sentence.
    pub(crate) fn of(error: &Value) -> Self {
        let status = |field| {
            let status = error.get(field)?.as_u64()?;
            u16::try_from(status)
                .ok()
                .filter(|it| (400..=599).contains(it))
        };
        let name = |field| error.get(field)?.as_str().map(String::from);
        Self {
            // Only Groq has `status_code`; hosts that pass others' errors on put a status in
            // `code`.
            status: status("status_code").or_else(|| status("code")),
            code: name("code"),
            kind: name("type"),
        }
    }

    /// Reads a JSON text whose `error` field it is.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        body.get("error").map(Self::of)
    }

    /// The refusals that say more than that the request was bad.
    pub(crate) fn known_refusal(&self) -> Option<ChatModelError> {
        if self.status.is_some_and(|status| status != 400) {
            return None;
        }
        let names = [&self.code, &self.kind];
        names
            .into_iter()
            .flatten()
            .find_map(|name| match name.as_str() {
                "context_length_exceeded" | "exceed_context_size_error" => {
                    Some(ChatModelError::ContextTooLong)
                }
                "content_filter" | "content_policy_violation" => {
                    Some(ChatModelError::ContentRefused)
                }
                _ => None,
            })
    }

    /// The error that it is in the middle of an answer.
    pub(crate) fn into_stream_error(self) -> ChatModelError {
        if let Some(refusal) = self.known_refusal() {
            return refusal;
        }
        let status = self.status.or_else(|| self.implied_status());
        match status {
            Some(status) => status_error(status, RetryAdvice::default()),
            None => Fault::ErrorFrame.unavailable(),
        }
    }

    /// The status with which Groq sends such an error in place of an answer.
    fn implied_status(&self) -> Option<u16> {
        let by_code = self.code.as_deref().and_then(|code| match code {
            "rate_limit_exceeded" => Some(429),
            "capacity_exceeded" => Some(498),
            "invalid_api_key" => Some(401),
            "model_not_found" => Some(404),
            _ => None,
        });
        let by_kind = || match self.kind.as_deref()? {
            "tokens" | "requests" => Some(429),
            "invalid_request_error" => Some(400),
            _ => None,
        };
        by_code.or_else(by_kind)
    }
}

#[cfg(test)]
mod tests {
    use domain::reply::FailureCode;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_error_in_the_middle_of_an_answer_goes_by_its_status_then_its_code_then_its_type() {
        use FailureCode::{
            ContentRefused, ContextTooLong, UpstreamRateLimited, UpstreamRejected, UpstreamTimeout,
            UpstreamUnavailable,
        };
        for (error, expected) in [
            (
                json!({"status_code": 400, "code": "tool_use_failed"}),
                UpstreamRejected,
            ),
            (
                json!({"status_code": 400, "code": "context_length_exceeded"}),
                ContextTooLong,
            ),
            (
                json!({"status_code": 503, "code": "rate_limit_exceeded"}),
                UpstreamUnavailable,
            ),
            (
                json!({"status_code": 429, "type": "invalid_request_error"}),
                UpstreamRateLimited,
            ),
            (json!({"status_code": 408}), UpstreamTimeout),
            (
                json!({"status_code": 413, "code": "rate_limit_exceeded"}),
                ContextTooLong,
            ),
            (
                json!({"status_code": 70_000, "code": "rate_limit_exceeded"}),
                UpstreamRateLimited,
            ),
            (
                json!({"code": 502, "message": "bad gateway"}),
                UpstreamUnavailable,
            ),
            (json!({"code": 429}), UpstreamRateLimited),
            (json!({"code": "capacity_exceeded"}), UpstreamRateLimited),
            (json!({"code": "model_not_found"}), UpstreamRejected),
            (json!({"code": "invalid_api_key"}), UpstreamRejected),
            (json!({"code": null, "type": "tokens"}), UpstreamRateLimited),
            (json!({"type": "invalid_request_error"}), UpstreamRejected),
            (json!({"type": "exceed_context_size_error"}), ContextTooLong),
            (json!({"code": "content_filter"}), ContentRefused),
            (
                json!({"type": "internal_server_error"}),
                UpstreamUnavailable,
            ),
            (json!({"status_code": "400"}), UpstreamUnavailable),
            (json!({}), UpstreamUnavailable),
            (json!("over capacity"), UpstreamUnavailable),
        ] {
            let code = ErrorBody::of(&error).into_stream_error().failure_code();
            assert_eq!(code, expected, "{error}");
        }
    }

    #[test]
    fn a_body_without_an_error_tells_nothing() {
        for body in ["", "<html>", "{}", "[]", "null"] {
            assert_eq!(ErrorBody::parse(body.as_bytes()), None, "{body}");
        }
    }
}
