use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::RepositoryError;
use crate::ids::ReplyId;
use crate::stream_token::{StreamToken, TokenDigest};

/// Keeps stream tokens. What is stored lets nobody in: it is the tokens' digests.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait StreamTokenRepository: Send + Sync {
    /// Stores a new token if its session is not over, and says whether that came about. The token
    /// MUST go when the session does.
    ///
    /// # Errors
    /// [`RepositoryError::Conflict`] for a digest that exists.
    async fn insert(&self, token: &StreamToken) -> Result<bool, RepositoryError>;

    /// The token of that digest. Every field MUST come back as it was stored.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn find(&self, digest: TokenDigest) -> Result<Option<StreamToken>, RepositoryError>;

    /// Binds a token to the reply that it opened and says whether that came about. Of any number
    /// of calls for one token exactly one MUST succeed.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn bind(&self, digest: TokenDigest, reply_id: ReplyId) -> Result<bool, RepositoryError>;

    /// Removes the tokens that open nothing any more by [`StreamToken::admits`] and says how many.
    /// A token that still opens something MUST stay.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn remove_expired(&self, at: DateTime<Utc>) -> Result<u64, RepositoryError>;
}
