use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use domain::ports::{AccessToken, AccessTokens, TokenError};
use domain::user::Actor;
use uuid::Uuid;

/// Tokens that say whose they are and when they end, unsigned: `plain.<user>.<microseconds>`.
#[derive(Clone, Debug)]
pub struct PlainAccessTokens {
    lifetime: Duration,
}

impl PlainAccessTokens {
    /// Gives tokens that are good for so long.
    pub const fn lasting(lifetime: Duration) -> Self {
        Self { lifetime }
    }
}

impl Default for PlainAccessTokens {
    fn default() -> Self {
        Self::lasting(Duration::from_mins(15))
    }
}

impl AccessTokens for PlainAccessTokens {
    fn issue(&self, actor: Actor, at: DateTime<Utc>) -> Result<AccessToken, TokenError> {
        let end = (at + self.lifetime).timestamp_micros();
        Ok(AccessToken {
            token: format!("plain.{}.{end}", actor.id),
            lifetime: self.lifetime,
        })
    }

    fn check(&self, token: &str, at: DateTime<Utc>) -> Result<UserId, TokenError> {
        let parts = token
            .strip_prefix("plain.")
            .and_then(|rest| rest.split_once('.'));
        let (user, end) = parts.ok_or(TokenError::Invalid)?;
        let user = Uuid::try_parse(user).ok();
        let end = end.parse().ok().and_then(DateTime::from_timestamp_micros);
        match (user, end) {
            (Some(user), Some(end)) if at < end => Ok(UserId::from_uuid(user)),
            _ => Err(TokenError::Invalid),
        }
    }
}
