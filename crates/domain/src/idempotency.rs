//! Requests that carry a key, so that repeating them does nothing twice
//! (draft-ietf-httpapi-idempotency-key-header).

use std::time::Duration;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::ids::UserId;
use crate::stream_token::TokenDigest;

/// What a client calls its request by: 1 to 255 printable ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

/// Why a key was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "must be 1 to {} printable ASCII characters",
    IdempotencyKey::MAX_CHARS
)]
pub struct IdempotencyKeyError;

impl IdempotencyKey {
    /// The greatest length in characters.
    pub const MAX_CHARS: usize = 255;

    /// Accepts any printable ASCII, quoted or not: a quote is a part of the key.
    ///
    /// # Errors
    /// [`IdempotencyKeyError`] for anything else.
    pub fn parse(raw: &str) -> Result<Self, IdempotencyKeyError> {
        let printable = raw.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if printable && (1..=Self::MAX_CHARS).contains(&raw.len()) && !raw.trim().is_empty() {
            Ok(Self(raw.to_owned()))
        } else {
            Err(IdempotencyKeyError)
        }
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A request with the key that it came with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedRequest {
    /// Its key.
    pub key: IdempotencyKey,
    /// All that makes it this request and no other.
    pub text: String,
}

/// What is remembered of a keyed request, for [`IdempotencyRecord::LIFETIME`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// Who asked: keys of different people have nothing to do with each other.
    pub user_id: UserId,
    /// The key.
    pub key: IdempotencyKey,
    /// Of the request's text; another request under the same key has another one.
    pub fingerprint: TokenDigest,
    /// When it came.
    pub created_at: DateTime<Utc>,
}

impl IdempotencyRecord {
    /// How long a key is remembered. After that it is a new one.
    pub const LIFETIME: Duration = Duration::from_hours(24);
}

/// The key was used for another request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the idempotency key was used for another request")]
pub struct KeyReused;

/// What a request that may carry a key made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made<T> {
    /// It was made just now.
    Now(T),
    /// A request with the same key had made it before.
    Before(T),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_printable_ascii_of_a_bounded_length() {
        for raw in ["a", "\"8e03978e-40d5\"", "a b", &"k".repeat(255)] {
            assert_eq!(
                IdempotencyKey::parse(raw).map(|key| key.0),
                Ok(raw.to_owned())
            );
        }
        for raw in ["", " ", "ä", "a\tb", "a\0", &"k".repeat(256)] {
            assert_eq!(
                IdempotencyKey::parse(raw),
                Err(IdempotencyKeyError),
                "{raw:?}"
            );
        }
    }
}
