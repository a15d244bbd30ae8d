//! The service's rate limits: buckets that refill continuously, not windows that start anew.

mod bucket;
mod go_duration;
mod kind;

use std::{
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::{
    error::ApiError,
    limits::{
        bucket::{Bucket, DAY, MINUTE},
        go_duration::go_duration,
        kind::Kind,
    },
    request::ChatRequest,
};

/// Limits on chat requests, for all keys and models together; `None` is unlimited.
///
/// A request counts with its prompt tokens and its whole completion budget; what an answer leaves
/// of that is not given back. Without a budget the tokens of the answer count, for the requests after it.
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
    /// ITPM, which the prompt counts towards. Here, too, a larger request is a 413.
    pub input_tokens_per_minute: Option<NonZeroU32>,
    /// OTPM, which the completion counts towards. Here, too, a larger request is a 413.
    pub output_tokens_per_minute: Option<NonZeroU32>,
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
        let too_large = buckets
            .iter()
            .find(|(kind, bucket)| kind.bounds_requests() && kind.amount(request) > bucket.limit());
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
            return Err(kind.used_up(bucket, bucket.used(now), request, wait));
        }
        for (kind, bucket) in buckets.iter_mut() {
            bucket.take(kind.amount(request), now);
        }
        Ok(())
    }

    /// Takes the tokens of an answer for which no budget was taken.
    pub(crate) fn take_output(&self, tokens: u32) {
        let now = Instant::now();
        for (kind, bucket) in self.buckets().iter_mut() {
            if kind.counts_output() {
                bucket.take(tokens, now);
            }
        }
    }

    /// The headers that tell about the limits in force. Only two of the limits have any.
    pub(crate) fn headers(&self) -> RateLimitHeaders {
        let now = Instant::now();
        let mut headers = Vec::new();
        for (kind, bucket) in self.buckets().iter() {
            if let Some([limit, remaining, reset]) = kind.headers() {
                let used = bucket.used(now);
                headers.push((limit, bucket.limit().to_string()));
                headers.push((remaining, bucket.limit().saturating_sub(used).to_string()));
                headers.push((reset, go_duration(bucket.time_for(used))));
            }
        }
        headers
    }

    /// A panic while the lock was held cannot leave a bucket half changed.
    fn buckets(&self) -> MutexGuard<'_, Vec<(Kind, Bucket)>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn full_buckets(limits: RateLimits) -> Vec<(Kind, Bucket)> {
    let now = Instant::now();
    [
        (Kind::RequestsPerMinute, limits.requests_per_minute, MINUTE),
        (Kind::RequestsPerDay, limits.requests_per_day, DAY),
        (Kind::TokensPerMinute, limits.tokens_per_minute, MINUTE),
        (Kind::TokensPerDay, limits.tokens_per_day, DAY),
        (
            Kind::InputTokensPerMinute,
            limits.input_tokens_per_minute,
            MINUTE,
        ),
        (
            Kind::OutputTokensPerMinute,
            limits.output_tokens_per_minute,
            MINUTE,
        ),
    ]
    .into_iter()
    .filter_map(|(kind, limit, window)| Some((kind, Bucket::full(limit?, window, now))))
    .collect()
}
