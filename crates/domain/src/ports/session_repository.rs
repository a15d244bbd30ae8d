use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::RepositoryError;
use crate::ids::SessionId;
use crate::password::PasswordHash;
use crate::session::{RefreshSession, RefreshTokenDigest};
use crate::stream_token::TokenDigest;
use crate::user::User;

/// The use of a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The token used.
    pub token: RefreshTokenDigest,
    /// The generation that follows it.
    pub successor: TokenDigest,
    /// When.
    pub at: DateTime<Utc>,
}

/// What became of the use of a refresh token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotated {
    /// The session goes on, with the successor as its token.
    Renewed(SessionId, User),
    /// The token had been used before: the session is over.
    Reused,
    /// No session that lasts has such a token.
    Unknown,
}

/// Keeps sessions. What is stored lets nobody in: of tokens it is the digests.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait SessionRepository: Send + Sync {
    /// Stores a new session if its user's account is enabled and still has that password, and says
    /// whether that came about. A password that is being replaced at the same time MUST either find
    /// the session and end it, or be found.
    ///
    /// # Errors
    /// [`RepositoryError::Conflict`] for an id or family that exists.
    async fn begin(
        &self,
        session: &RefreshSession,
        password: &PasswordHash,
    ) -> Result<bool, RepositoryError>;

    /// Whose session it is, as the account is now. A session that is over or expired and one of a
    /// disabled account MUST give nobody.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn find_user(
        &self,
        id: SessionId,
        at: DateTime<Utc>,
    ) -> Result<Option<User>, RepositoryError>;

    /// Those of these sessions that [`find_user`](Self::find_user) gives somebody for, with whom it
    /// gives, in no order.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn find_users(
        &self,
        ids: &[SessionId],
        at: DateTime<Utc>,
    ) -> Result<Vec<(SessionId, User)>, RepositoryError>;

    /// Replaces the newest token of a session by its successor, from when on the session lasts for
    /// [`RefreshSession::LIFETIME`]. Any other token of the family MUST end the session. Of any number
    /// of uses of one token at most one MUST be granted, and more than one MUST end the session.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn rotate(&self, rotation: Rotation) -> Result<Rotated, RepositoryError>;

    /// Ends a session. Ending one that is over changes nothing.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn end(&self, id: SessionId) -> Result<(), RepositoryError>;

    /// Removes at most so many sessions that expired by then, and says how many.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn remove_expired(&self, at: DateTime<Utc>, max: u32) -> Result<u64, RepositoryError>;
}
