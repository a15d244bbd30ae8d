use std::time::Duration;

use actix_web::http::StatusCode;

use crate::{
    error::{ApiError, ORGANIZATION, RATE_LIMIT_EXCEEDED},
    limits::{Exceeded, bucket::Bucket, go_duration::go_duration},
    request::ChatRequest,
};

const UPGRADE: &str = "Need more tokens? Upgrade to Dev Tier today at \
     https://console.groq.com/settings/billing";

/// What a limit is on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    RequestsPerMinute,
    RequestsPerDay,
    TokensPerMinute,
    TokensPerDay,
    InputTokensPerMinute,
    OutputTokensPerMinute,
}

impl Kind {
    pub(super) fn amount(self, request: &ChatRequest) -> u32 {
        let budget = request.token_budget.unwrap_or(0);
        match self {
            Self::RequestsPerMinute | Self::RequestsPerDay => 1,
            Self::TokensPerMinute | Self::TokensPerDay => {
                request.prompt_tokens.saturating_add(budget)
            }
            Self::InputTokensPerMinute => request.prompt_tokens,
            Self::OutputTokensPerMinute => budget,
        }
    }

    pub(super) fn counts_output(self) -> bool {
        match self {
            Self::TokensPerMinute | Self::TokensPerDay | Self::OutputTokensPerMinute => true,
            Self::RequestsPerMinute | Self::RequestsPerDay | Self::InputTokensPerMinute => false,
        }
    }

    /// Whether a request that is over the limit by itself is refused for good.
    pub(super) fn bounds_requests(self) -> bool {
        match self {
            Self::TokensPerMinute | Self::InputTokensPerMinute | Self::OutputTokensPerMinute => {
                true
            }
            Self::RequestsPerMinute | Self::RequestsPerDay | Self::TokensPerDay => false,
        }
    }

    /// The names of the headers with its limit, what remains and when it is full again.
    pub(super) fn headers(self) -> Option<[&'static str; 3]> {
        match self {
            Self::RequestsPerDay => Some([
                "x-ratelimit-limit-requests",
                "x-ratelimit-remaining-requests",
                "x-ratelimit-reset-requests",
            ]),
            Self::TokensPerMinute => Some([
                "x-ratelimit-limit-tokens",
                "x-ratelimit-remaining-tokens",
                "x-ratelimit-reset-tokens",
            ]),
            Self::RequestsPerMinute
            | Self::TokensPerDay
            | Self::InputTokensPerMinute
            | Self::OutputTokensPerMinute => None,
        }
    }

    /// The error for a request that would fit later.
    pub(super) fn used_up(
        self,
        bucket: &Bucket,
        used: u32,
        request: &ChatRequest,
        wait: Duration,
    ) -> Exceeded {
        let message = format!(
            "Rate limit reached for {whom}: Limit {limit}, Used {used}, Requested {requested}. \
             Please try again in {wait}. {UPGRADE}",
            whom = self.whom(request),
            limit = bucket.limit(),
            requested = self.amount(request),
            wait = go_duration(wait),
        );
        Exceeded {
            error: self.error(StatusCode::TOO_MANY_REQUESTS, message),
            retry_after_seconds: Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0)),
        }
    }

    /// The error for a request that never fits.
    pub(super) fn too_large(self, bucket: &Bucket, request: &ChatRequest) -> Exceeded {
        let advice = if self == Self::OutputTokensPerMinute {
            ". The request's expected output tokens exceed the enforced limit; reduce max_tokens \
             and try again."
        } else {
            ", please reduce your message size and try again."
        };
        let message = format!(
            "Request too large for {whom}: Limit {limit}, Requested {requested}{advice} {UPGRADE}",
            whom = self.whom(request),
            limit = bucket.limit(),
            requested = self.amount(request),
        );
        Exceeded {
            error: self.error(StatusCode::PAYLOAD_TOO_LARGE, message),
            retry_after_seconds: None,
        }
    }

    fn whom(self, request: &ChatRequest) -> String {
        format!(
            "model `{model}` in organization `{ORGANIZATION}` service tier `{tier}` on {what}",
            model = request.model.id,
            tier = request.service_tier,
            what = self.words(),
        )
    }

    fn words(self) -> &'static str {
        match self {
            Self::RequestsPerMinute => "requests per minute (RPM)",
            Self::RequestsPerDay => "requests per day (RPD)",
            Self::TokensPerMinute => "tokens per minute (TPM)",
            Self::TokensPerDay => "tokens per day (TPD)",
            Self::InputTokensPerMinute => "input tokens per minute (ITPM)",
            Self::OutputTokensPerMinute => "output tokens per minute (OTPM)",
        }
    }

    fn error(self, status: StatusCode, message: String) -> ApiError {
        let kind = match self {
            Self::RequestsPerMinute | Self::RequestsPerDay => "requests",
            Self::TokensPerMinute
            | Self::TokensPerDay
            | Self::InputTokensPerMinute
            | Self::OutputTokensPerMinute => "tokens",
        };
        ApiError::new(status, kind, message).with_code(RATE_LIMIT_EXCEEDED)
    }
}
