use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ids::{SessionId, UserId};
use domain::ports::{AccessToken, AccessTokens, TokenError, TokenProof};
use domain::user::Actor;
use uuid::Uuid;

/// Tokens that say whose they are, of which session and when they end, unsigned:
/// `plain.<user>.<session>.<microseconds>`.
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
    fn issue(
        &self,
        actor: Actor,
        session: SessionId,
        at: DateTime<Utc>,
    ) -> Result<AccessToken, TokenError> {
        let end = (at + self.lifetime).timestamp_micros();
        Ok(AccessToken {
            token: format!("plain.{}.{session}.{end}", actor.id),
            lifetime: self.lifetime,
        })
    }

    fn check(&self, token: &str, at: DateTime<Utc>) -> Result<TokenProof, TokenError> {
        let parts: Vec<&str> = token.split('.').collect();
        let ["plain", user, session, end] = parts.as_slice() else {
            return Err(TokenError::Invalid);
        };
        let end = end.parse().ok().and_then(DateTime::from_timestamp_micros);
        match (Uuid::try_parse(user), Uuid::try_parse(session), end) {
            (Ok(user), Ok(session), Some(end)) if at < end => Ok(TokenProof {
                user_id: UserId::from_uuid(user),
                session_id: SessionId::from_uuid(session),
            }),
            _ => Err(TokenError::Invalid),
        }
    }
}
