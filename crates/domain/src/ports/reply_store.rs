use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{Claim, ClaimRequest, RepositoryError};
use crate::ids::{OwnerId, ReplyId, TicketId};
use crate::reply::{CancelledBy, Conclusion, Lease, PromptRecord, Reply, ReplyState};

/// Asks for replies whose owner is gone.
#[derive(Clone, Debug)]
pub struct TakeoverRequest {
    /// Who would go on.
    pub owner: OwnerId,
    /// How long the new leases last.
    pub lease: Duration,
    /// Which model they would be asked of.
    pub model: String,
    /// How many at most.
    pub max: u32,
    /// The present time.
    pub at: DateTime<Utc>,
}

impl TakeoverRequest {
    /// How many attempts are made before a reply fails, when nobody asks for another.
    pub const MAX_UNATTENDED_ATTEMPTS: i32 = 2;

    /// What becomes of a running reply that nobody holds. One that its owner gave back goes on
    /// whatever it has behind it: that was no attempt that went wrong.
    pub const fn decide(state: &ReplyState, attempts_used: i32) -> TakeoverDecision {
        let goes_on =
            matches!(state, ReplyState::Queued) || attempts_used < Self::MAX_UNATTENDED_ATTEMPTS;
        if goes_on {
            TakeoverDecision::Restart
        } else {
            TakeoverDecision::Fail
        }
    }
}

/// What becomes of a running reply that nobody holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakeoverDecision {
    /// Generate it anew.
    Restart,
    /// It had its attempts.
    Fail,
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
/// Every method that moves a reply locks the ticket's row first, so that claims, messages, handoffs and ends of
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

    /// Gives back leases that still hold, for others to take over at once: their replies are
    /// [`Queued`](ReplyState::Queued), their leases void, and what was begun counts as no attempt.
    /// Others MUST hear of it by the doorbell. Void leases MUST change nothing.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn hand_over(&self, leases: &[Lease]) -> Result<(), RepositoryError>;

    /// Keeps from what the present attempt's prompt was made, also for when it does not come to its
    /// end by itself. A void lease MUST change nothing. It is one statement, which the reply's own
    /// row orders.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn record_prompt(
        &self,
        lease: Lease,
        prompt: &PromptRecord,
    ) -> Result<(), RepositoryError>;

    /// Cancels the reply to the ticket's newest question if it runs, for
    /// [`CancelReason::User`](crate::reply::CancelReason::User), and returns that reply as it then
    /// stands; none when the question has none. The text logged so far MUST stay on the reply, its
    /// lease be void, and every process hear of it by the doorbell. Whatever has ended MUST NOT
    /// change.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn cancel(
        &self,
        ticket_id: TicketId,
        by: CancelledBy,
        at: DateTime<Utc>,
    ) -> Result<Option<Reply>, RepositoryError>;

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
