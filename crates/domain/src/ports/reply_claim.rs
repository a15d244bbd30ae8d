use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::ids::{OwnerId, ReplyId, TicketId};
use crate::reply::{Lease, Reply, ReplyState};
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
    /// When a reply that has ended without an answer gets another attempt.
    pub retry: RetryRule,
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
            Some(tried) if !self.retry.allows(tried) => ClaimDecision::Existing,
            // A demand is told why it is in vain; everybody else is shown what there is.
            Some(_) if self.retry == RetryRule::Demanded => {
                if !waits {
                    ClaimDecision::NothingToAnswer
                } else if ticket.allows_retry() {
                    ClaimDecision::Retry
                } else {
                    ClaimDecision::AssistantOff
                }
            }
            Some(_) if waits && ticket.assistant_enabled => ClaimDecision::Retry,
            Some(_) => ClaimDecision::Existing,
            None if !waits || self.retry == RetryRule::Demanded => ClaimDecision::NothingToAnswer,
            None if !ticket.assistant_enabled => ClaimDecision::AssistantOff,
            None => ClaimDecision::Begin,
        }
    }
}

/// When a reply that has ended without an answer gets another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryRule {
    /// Never.
    Never,
    /// After a failure that another attempt may mend, while fewer than
    /// [`ClaimRequest::MAX_ATTEMPTS`] were made.
    Automatic,
    /// After any failure or cancellation, however many were made: somebody asks for it by name.
    /// A question that has no reply yet is then nothing to answer.
    Demanded,
}

impl RetryRule {
    const fn allows(self, tried: Tried) -> bool {
        match self {
            Self::Never => false,
            Self::Automatic => {
                tried.is_retryable && tried.attempts_used < ClaimRequest::MAX_ATTEMPTS
            }
            Self::Demanded => tried.has_ended_unanswered,
        }
    }
}

/// A question's reply, as far as a claim depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    /// How many attempts it had, but for those that were handed over.
    pub attempts_used: i32,
    /// Whether it failed in a way that another attempt may mend.
    pub is_retryable: bool,
    /// Whether it failed or was cancelled.
    pub has_ended_unanswered: bool,
}

impl Tried {
    /// What a claim depends on.
    pub const fn of(state: &ReplyState, attempts_used: i32) -> Self {
        Self {
            attempts_used,
            is_retryable: state.is_retryable(),
            has_ended_unanswered: state.has_ended_unanswered(),
        }
    }
}

/// What a claim comes to, but for the owner's limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimDecision {
    /// Make the reply.
    Begin,
    /// Give the reply another attempt.
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::UserId;
    use crate::reply::{CancelReason, CancelledBy, Ending, FailureCode};
    use crate::ticket::{Description, NewTicket, Priority, Title};

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

    fn ticket(assistant_enabled: bool, status: TicketStatus) -> Ticket {
        let new = NewTicket {
            title: Title::parse("Parcel").unwrap(),
            description: Description::parse("Where is it?").unwrap(),
            category: None,
            priority: Priority::Normal,
        };
        let id = TicketId::from_uuid(Uuid::from_u128(1));
        let user_id = UserId::from_uuid(Uuid::from_u128(2));
        Ticket {
            status,
            assistant_enabled,
            ..Ticket::open(id, user_id, new, at(0))
        }
    }

    fn request(retry: RetryRule) -> ClaimRequest {
        ClaimRequest {
            ticket_id: TicketId::from_uuid(Uuid::from_u128(1)),
            reply_id: ReplyId::from_uuid(Uuid::from_u128(3)),
            owner: OwnerId::from_uuid(Uuid::from_u128(4)),
            lease: Duration::from_secs(1),
            model: "scripted".to_owned(),
            retry,
            limits: None,
            at: at(0),
        }
    }

    fn failed(attempts_used: i32, code: FailureCode) -> Tried {
        Tried::of(&ReplyState::Ended(Ending::Failed { code }), attempts_used)
    }

    fn cancelled() -> Tried {
        let ending = Ending::Cancelled {
            reason: CancelReason::User,
            by: CancelledBy::Customer,
        };
        Tried::of(&ReplyState::Ended(ending), 1)
    }

    #[test]
    fn a_retryable_failure_is_retried_by_itself_until_its_attempts_are_used_up() {
        let ticket = ticket(true, TicketStatus::Open);
        let decide = |retry, tried| request(retry).decide(&ticket, false, Some(tried));
        let code = FailureCode::UpstreamTimeout;
        for (attempts_used, decision) in [
            (1, ClaimDecision::Retry),
            (2, ClaimDecision::Retry),
            (3, ClaimDecision::Existing),
        ] {
            let tried = failed(attempts_used, code);
            assert_eq!(decide(RetryRule::Automatic, tried), decision);
            assert_eq!(decide(RetryRule::Demanded, tried), ClaimDecision::Retry);
            assert_eq!(decide(RetryRule::Never, tried), ClaimDecision::Existing);
        }
    }

    #[test]
    fn what_was_cancelled_or_cannot_be_mended_is_retried_on_demand_alone() {
        let ticket = ticket(true, TicketStatus::Open);
        for tried in [failed(1, FailureCode::UpstreamRejected), cancelled()] {
            let decide = |retry| request(retry).decide(&ticket, false, Some(tried));
            assert_eq!(decide(RetryRule::Automatic), ClaimDecision::Existing);
            assert_eq!(decide(RetryRule::Demanded), ClaimDecision::Retry);
        }
    }

    #[test]
    fn a_running_reply_is_never_retried() {
        let ticket = ticket(true, TicketStatus::Open);
        for state in [ReplyState::Queued, ReplyState::Streaming] {
            for retry in [RetryRule::Automatic, RetryRule::Demanded] {
                let decision = request(retry).decide(&ticket, false, Some(Tried::of(&state, 1)));
                assert_eq!(decision, ClaimDecision::Existing);
            }
        }
    }

    #[test]
    fn a_demand_in_vain_is_told_why() {
        let open = ticket(true, TicketStatus::Open);
        let demand = request(RetryRule::Demanded);
        assert_eq!(
            demand.decide(&open, false, None),
            ClaimDecision::NothingToAnswer
        );
        assert_eq!(
            demand.decide(&open, true, Some(cancelled())),
            ClaimDecision::NothingToAnswer
        );
        assert_eq!(
            demand.decide(
                &ticket(true, TicketStatus::Closed),
                false,
                Some(cancelled())
            ),
            ClaimDecision::NothingToAnswer
        );
        assert_eq!(
            demand.decide(&ticket(false, TicketStatus::Open), false, Some(cancelled())),
            ClaimDecision::AssistantOff
        );
    }
}
