use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::RepositoryError;
use crate::ids::{OwnerId, ReplyId, TicketId};
use crate::reply::{Conclusion, Lease, Reply};
use crate::ticket::{Ticket, TicketStatus};

/// How much one ticket owner may have generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplyLimits {
    /// Replies running at the same time.
    pub concurrent: u32,
    /// Generations claimed within any 60 seconds.
    pub per_minute: u32,
}

impl ReplyLimits {
    /// The span in which generations are counted.
    pub const WINDOW: Duration = Duration::from_mins(1);
    /// A running reply may end at any time, so this is a guess.
    const UNTIL_ONE_ENDS: Duration = Duration::from_secs(2);

    /// How long an owner must wait for another generation; none if it may start now. `claimed`
    /// holds the times of those begun within the window, newest first and no more than count;
    /// `running` is how many run.
    pub fn wait(
        self,
        claimed: &[DateTime<Utc>],
        running: i64,
        at: DateTime<Utc>,
    ) -> Option<Duration> {
        if u32::try_from(claimed.len()).is_ok_and(|count| count >= self.per_minute) {
            // There is room again once the oldest of these has left the window.
            let oldest = claimed.last().copied().unwrap_or(at);
            let age = at
                .signed_duration_since(oldest)
                .to_std()
                .unwrap_or_default();
            return Some(Self::WINDOW.saturating_sub(age).max(Duration::from_secs(1)));
        }
        (running >= i64::from(self.concurrent)).then_some(Self::UNTIL_ONE_ENDS)
    }
}

/// Asks for the right to answer a ticket's newest question.
#[derive(Clone, Debug)]
pub struct ClaimRequest {
    /// The ticket.
    pub ticket_id: TicketId,
    /// The id of the reply, should this claim make it.
    pub reply_id: ReplyId,
    /// Who would generate.
    pub owner: OwnerId,
    /// How long the lease lasts, by the database's clock.
    pub lease: Duration,
    /// The model that would be asked.
    pub model: String,
    /// Whether a reply that failed in a retryable way may get another attempt, while it has had
    /// fewer than [`ClaimRequest::MAX_ATTEMPTS`].
    pub may_retry: bool,
    /// The owner's limits; none where they are switched off.
    pub limits: Option<ReplyLimits>,
    /// The present time.
    pub at: DateTime<Utc>,
}

impl ClaimRequest {
    /// How many attempts a reply gets unless somebody asks for more by name.
    pub const MAX_ATTEMPTS: i32 = 3;

    /// What the claim comes to, but for the owner's limits, by what the locked ticket tells.
    /// `existing` is the question's reply, if it has one.
    pub fn decide(
        &self,
        ticket: &Ticket,
        is_answered_by_agent: bool,
        existing: Option<Tried>,
    ) -> ClaimDecision {
        let waits = ticket.status != TicketStatus::Closed && !is_answered_by_agent;
        match existing {
            Some(tried) => {
                let again = self.may_retry
                    && waits
                    && ticket.assistant_enabled
                    && tried.is_retryable
                    && tried.attempt < Self::MAX_ATTEMPTS;
                if again {
                    ClaimDecision::Retry
                } else {
                    ClaimDecision::Existing
                }
            }
            None if !waits => ClaimDecision::NothingToAnswer,
            None if !ticket.assistant_enabled => ClaimDecision::AssistantOff,
            None => ClaimDecision::Begin,
        }
    }
}

/// A question's reply, as far as a claim depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Its present attempt.
    pub attempt: i32,
    /// Whether it failed in a way that another attempt may mend.
    pub is_retryable: bool,
}

/// What a claim comes to, but for the owner's limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimDecision {
    /// Make the reply.
    Begin,
    /// Give the failed reply another attempt.
    Retry,
    /// The reply stays as it is.
    Existing,
    /// No question waits for an answer.
    NothingToAnswer,
    /// The assistant is off for the ticket.
    AssistantOff,
}

/// What came of a claim.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// The caller generates; the log holds the `Created` or `Restarted` event.
    Granted(Lease, Box<Reply>),
    /// The question has a reply already, running or ended.
    Existing(Box<Reply>),
    /// No question waits for an answer, or there is no such ticket.
    NothingToAnswer,
    /// An answer would have to be generated, but the assistant is off for this ticket.
    AssistantOff,
    /// An answer would have to be generated, but the owner's limits are reached.
    OverLimit {
        /// When it is worth asking again.
        retry_after: Duration,
    },
}

/// Asks for replies whose owner is gone.
#[derive(Clone, Copy, Debug)]
pub struct TakeoverRequest {
    /// Who would go on.
    pub owner: OwnerId,
    /// How long the new leases last.
    pub lease: Duration,
    /// How many at most.
    pub max: u32,
    /// The present time.
    pub at: DateTime<Utc>,
}

impl TakeoverRequest {
    /// How many attempts are made before a reply fails, when nobody asks for another.
    pub const MAX_UNATTENDED_ATTEMPTS: i32 = 2;
}

/// What a takeover made of a reply.
#[derive(Clone, Debug, PartialEq)]
pub enum Takeover {
    /// The caller generates the next attempt; the log holds its `Restarted` event.
    Restarted(Lease, Box<Reply>),
    /// It had its attempts: it is failed as interrupted, and the log holds its `Ended` event.
    Failed(Box<Reply>),
}

/// What came of ending a reply.
#[derive(Clone, Debug, PartialEq)]
pub enum Finished {
    /// Stored; the reply as it stands at its end.
    Done(Box<Reply>),
    /// The lease is void: somebody else took over or ended it.
    Fenced,
}

/// Keeps replies: who may generate which, and how each ended.
///
/// Every method locks the ticket's row first, so that claims, messages, handoffs and ends of
/// replies happen one after the other.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ReplyStore: Send + Sync {
    /// Claims the ticket's newest question: the newest public customer message, or the description
    /// when there is none.
    ///
    /// Of any number of claims at once exactly one MUST be granted. A question that has a reply
    /// MUST never get a second one. A question that an agent answered, or one of a closed ticket,
    /// is nothing to answer. Limits count when a generation is granted, never for what exists.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn claim(&self, request: ClaimRequest) -> Result<Claim, RepositoryError>;

    /// The reply to the ticket's newest question, if there is one.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn find_current(&self, ticket_id: TicketId) -> Result<Option<Reply>, RepositoryError>;

    /// The reply of that id. Every field MUST come back as it was stored.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn find(&self, id: ReplyId) -> Result<Option<Reply>, RepositoryError>;

    /// Extends leases and returns those that still held, by the database's clock. A lease that was
    /// taken over or whose reply has ended MUST NOT come back to life.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn renew(&self, leases: &[Lease], lease: Duration)
    -> Result<Vec<Lease>, RepositoryError>;

    /// Takes over running replies whose lease has run out, each by one caller only. An unexpired
    /// lease MUST NOT be touched.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn take_over_expired(
        &self,
        request: TakeoverRequest,
    ) -> Result<Vec<Takeover>, RepositoryError>;

    /// Ends a reply: its row, its `Ended` event, and for an answer its message and the ticket's
    /// move, all or nothing. The text is that of the present attempt's logged deltas. A completed
    /// or incomplete reply MUST become exactly one message; a void lease MUST change nothing.
    /// Repeating it after an unknown outcome MUST answer `Done` again.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails; the outcome is then unknown.
    async fn finish(
        &self,
        lease: Lease,
        conclusion: Conclusion,
    ) -> Result<Finished, RepositoryError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: ReplyLimits = ReplyLimits {
        concurrent: 2,
        per_minute: 3,
    };

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    #[test]
    fn an_owner_under_both_limits_waits_for_nothing() {
        assert_eq!(LIMITS.wait(&[at(59), at(58)], 1, at(60)), None);
    }

    #[test]
    fn room_comes_when_the_oldest_leaves_the_window() {
        let claimed = [at(55), at(50), at(40)];
        assert_eq!(
            LIMITS.wait(&claimed, 0, at(60)),
            Some(Duration::from_secs(40))
        );
        assert_eq!(
            LIMITS.wait(&[at(3), at(2), at(1)], 0, at(61)),
            Some(Duration::from_secs(1))
        );
    }

    #[test]
    fn too_many_running_replies_make_an_owner_wait() {
        assert!(LIMITS.wait(&[], 2, at(60)).is_some());
    }
}
