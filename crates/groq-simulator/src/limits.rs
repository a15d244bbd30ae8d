//! The service's rate limits: buckets that refill continuously, not windows that start anew.

mod bucket;
mod go_duration;

use std::{
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use actix_web::http::StatusCode;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::{
    error::{ApiError, RATE_LIMIT_EXCEEDED},
    limits::{
        bucket::{Bucket, DAY, MINUTE},
        go_duration::go_duration,
    },
    request::ChatRequest,
};

/// Limits on chat requests, for all keys and models together; `None` is unlimited.
///
/// A request counts with its prompt tokens and, if it sets one, its whole completion budget. What
/// an answer leaves of that budget is not given back.
///
/// As JSON it is an object with the fields as keys.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct RateLimits {
    /// RPM.
    pub requests_per_minute: Option<NonZeroU32>,
    /// RPD.
    pub requests_per_day: Option<NonZeroU32>,
    /// TPM. A request that needs more than this by itself is a 413.
    pub tokens_per_minute: Option<NonZeroU32>,
    /// TPD.
    pub tokens_per_day: Option<NonZeroU32>,
}

/// A request over a limit.
#[derive(Debug)]
pub(crate) struct Exceeded {
    pub(crate) error: ApiError,
    /// Absent when waiting does not help.
    pub(crate) retry_after_seconds: Option<u64>,
}

pub(crate) type RateLimitHeaders = Vec<(&'static str, String)>;

#[derive(Debug)]
pub(crate) struct Limiter {
    buckets: Mutex<Vec<(Kind, Bucket)>>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    RequestsPerMinute,
    RequestsPerDay,
    TokensPerMinute,
    TokensPerDay,
}

impl Limiter {
    pub(crate) fn new(limits: RateLimits) -> Self {
        Self {
            buckets: Mutex::new(full_buckets(limits)),
        }
    }

    /// Starts over with full buckets.
    pub(crate) fn set(&self, limits: RateLimits) {
        *self.buckets() = full_buckets(limits);
    }

    /// Takes what the request needs, from every bucket or from none.
    pub(crate) fn admit(&self, request: &ChatRequest) -> Result<(), Exceeded> {
        let mut buckets = self.buckets();
        let now = Instant::now();
        let too_large = buckets.iter().find(|(kind, bucket)| {
            *kind == Kind::TokensPerMinute && request.reserved_tokens > bucket.limit()
        });
        if let Some((kind, bucket)) = too_large {
            return Err(kind.too_large(bucket, request));
        }

        let longest = buckets
            .iter()
            .map(|(kind, bucket)| (bucket.wait(kind.amount(request), now), kind, bucket))
            .max_by_key(|(wait, _, _)| *wait);
        if let Some((wait, kind, bucket)) = longest
            && !wait.is_zero()
        {
            return Err(kind.used_up(bucket.used(now), bucket.limit(), request, wait));
        }
        for (kind, bucket) in buckets.iter_mut() {
            bucket.take(kind.amount(request), now);
        }
        Ok(())
    }

    /// The headers that tell about the limits in force. Only two of the limits have any.
    pub(crate) fn headers(&self) -> RateLimitHeaders {
        let now = Instant::now();
        let mut headers = Vec::new();
        for (kind, bucket) in self.buckets().iter() {
            let [limit, remaining, reset] = match kind {
                Kind::RequestsPerDay => [
                    "x-ratelimit-limit-requests",
                    "x-ratelimit-remaining-requests",
                    "x-ratelimit-reset-requests",
                ],
                Kind::TokensPerMinute => [
                    "x-ratelimit-limit-tokens",
                    "x-ratelimit-remaining-tokens",
                    "x-ratelimit-reset-tokens",
                ],
                Kind::RequestsPerMinute | Kind::TokensPerDay => continue,
            };
            let used = bucket.used(now);
            headers.push((limit, bucket.limit().to_string()));
            headers.push((remaining, bucket.limit().saturating_sub(used).to_string()));
            headers.push((reset, go_duration(bucket.time_for(used))));
        }
        headers
    }

    /// A panic while the lock was held cannot leave a bucket half changed.
    fn buckets(&self) -> MutexGuard<'_, Vec<(Kind, Bucket)>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kind {
    fn amount(self, request: &ChatRequest) -> u32 {
        match self {
            Self::RequestsPerMinute | Self::RequestsPerDay => 1,
            Self::TokensPerMinute | Self::TokensPerDay => request.reserved_tokens,
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::RequestsPerMinute => ("requests", "requests per minute (RPM)"),
            Self::RequestsPerDay => ("requests", "requests per day (RPD)"),
            Self::TokensPerMinute => ("tokens", "tokens per minute (TPM)"),
            Self::TokensPerDay => ("tokens", "tokens per day (TPD)"),
        }
    }

    fn used_up(self, used: u32, limit: u32, request: &ChatRequest, wait: Duration) -> Exceeded {
        let (kind, words) = self.words();
        let message = format!(
            "Rate limit reached for model `{model}` in organization \
             `org_01k0000000000000000000000a` service tier `{tier}` on {words}: Limit {limit}, \
             Used {used}, Requested {requested}. Please try again in {wait}. Need more tokens? \
             Upgrade to Dev Tier today at https://console.groq.com/settings/billing",
            model = request.model.id,
            tier = request.service_tier,
            requested = self.amount(request),
            wait = go_duration(wait),
        );
        Exceeded {
            error: ApiError::new(StatusCode::TOO_MANY_REQUESTS, kind, message)
                .with_code(RATE_LIMIT_EXCEEDED),
            retry_after_seconds: Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0)),
        }
    }

    fn too_large(self, bucket: &Bucket, request: &ChatRequest) -> Exceeded {
        let (kind, words) = self.words();
        let message = format!(
            "Request too large for model `{model}` in organization \
             `org_01k0000000000000000000000a` service tier `{tier}` on {words}: Limit {limit}, \
             Requested {requested}, please reduce your message size and try again. Need more \
             tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing",
            model = request.model.id,
            tier = request.service_tier,
            limit = bucket.limit(),
            requested = self.amount(request),
        );
        Exceeded {
            error: ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, kind, message)
                .with_code(RATE_LIMIT_EXCEEDED),
            retry_after_seconds: None,
        }
    }
}

fn full_buckets(limits: RateLimits) -> Vec<(Kind, Bucket)> {
    let now = Instant::now();
    [
        (Kind::RequestsPerMinute, limits.requests_per_minute, MINUTE),
        (Kind::RequestsPerDay, limits.requests_per_day, DAY),
        (Kind::TokensPerMinute, limits.tokens_per_minute, MINUTE),
        (Kind::TokensPerDay, limits.tokens_per_day, DAY),
    ]
    .into_iter()
    .filter_map(|(kind, limit, window)| Some((kind, Bucket::full(limit?, window, now))))
    .collect()
}
