//! Tokens that open one ticket's stream by its address alone, for clients that cannot send headers
//! such as the browsers' `EventSource`.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::ids::{ReplyId, SessionId, TicketId, UserId};
use crate::reply::Reply;

/// What is kept of a secret token: 256 bits from which it cannot be found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// Wraps a digest.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bare bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A stream token as it is kept. It opens the stream of one ticket for one user, once; from then
/// on it only lets that reading be continued, since reconnects repeat its address. It ends with the
/// session that asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamToken {
    /// What is kept of the secret.
    pub digest: TokenDigest,
    /// For whom it reads.
    pub user_id: UserId,
    /// The session that it belongs to.
    pub session_id: SessionId,
    /// What it reads.
    pub ticket_id: TicketId,
    /// Until when it opens a first reading.
    pub expires_at: DateTime<Utc>,
    /// The reply that it opened, once it did.
    pub reply_id: Option<ReplyId>,
}

/// What a token admits to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// A first reading.
    Open,
    /// The continuation of a reading of that reply.
    Continue(ReplyId),
}

impl StreamToken {
    /// How long a token waits for its first reading.
    pub const LIFETIME: Duration = Duration::from_mins(1);
    /// How long after its reply's end a reading may be continued.
    pub const AFTERLIFE: Duration = Duration::from_hours(1);

    /// A token that has opened nothing yet.
    pub fn new(
        digest: TokenDigest,
        user_id: UserId,
        session_id: SessionId,
        ticket_id: TicketId,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            digest,
            user_id,
            session_id,
            ticket_id,
            expires_at: at + Self::LIFETIME,
            reply_id: None,
        }
    }

    /// What it admits to at that time. `opened` is the reply that it opened, as it stands now;
    /// none also when that reply is gone.
    pub fn admits(&self, opened: Option<&Reply>, at: DateTime<Utc>) -> Option<Admission> {
        let Some(reply_id) = self.reply_id else {
            return (at < self.expires_at).then_some(Admission::Open);
        };
        let ended_at = opened.filter(|reply| reply.id == reply_id)?.ended_at;
        ended_at
            .is_none_or(|ended_at| at < ended_at + Self::AFTERLIFE)
            .then_some(Admission::Continue(reply_id))
    }
}
