//! Sign-ins that outlast an access token.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::ids::{SessionId, UserId};
use crate::stream_token::TokenDigest;

/// One sign-in of a person, from the password to the sign-out. Access tokens name it, and end with
/// it.
///
/// It is renewed by refresh tokens, each of which is good for one renewal and gives the next (RFC
/// 9700, section 4.14.2). All tokens of a session have a part in common, its family: a token of
/// the family that is not the newest one was used before, by its owner or by a thief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshSession {
    /// Identity.
    pub id: SessionId,
    /// Who signed in.
    pub user_id: UserId,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it ends unless it is renewed.
    pub expires_at: DateTime<Utc>,
    /// What is kept of the newest refresh token.
    pub token: RefreshTokenDigest,
}

/// What is kept of a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshTokenDigest {
    /// Of the part that all tokens of a session share.
    pub family: TokenDigest,
    /// Of the part that each token has alone.
    pub generation: TokenDigest,
}

impl RefreshSession {
    /// How long a session lasts that is not renewed.
    pub const LIFETIME: Duration = Duration::from_hours(30 * 24);

    /// A session that begins now.
    pub fn new(
        id: SessionId,
        user_id: UserId,
        token: RefreshTokenDigest,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            user_id,
            created_at: at,
            expires_at: at + Self::LIFETIME,
            token,
        }
    }
}

/// A refresh token as a client sends it: the secrets of its family and its generation. It cannot be
/// printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken(String);

impl RefreshToken {
    const SEPARATOR: char = '.';

    /// Puts the secrets together.
    pub fn new(family: &str, generation: &str) -> Self {
        Self(format!("{family}{}{generation}", Self::SEPARATOR))
    }

    /// What somebody sent; it need not be a token.
    pub fn from_client(raw: impl Into<String>) -> Self {
        Self(raw.into())
    }

    /// The secrets of its family and its generation; none when it cannot be a token.
    pub fn parts(&self) -> Option<(&str, &str)> {
        self.0.split_once(Self::SEPARATOR)
    }

    /// The characters, for the client.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}
