use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ids::{ArticleId, MessageId, OwnerId, ReplyId, TicketId, UserId};
use domain::ports::{
    AppendOutcome, Appending, Claim, ClaimRequest, Finished, RetryRule, Ring, Takeover,
    TakeoverRequest,
};
use domain::reply::{
    CancelledBy, Conclusion, EventKind, FailureCode, FinishReason, Lease, LoggedEvent, Position,
    PromptDigest, Reply, Restart, Source, TemplateRef, Tenure, Usage, Verdict,
};
use domain::ticket::{Ticket, TicketChange};
use futures_util::StreamExt as _;

use crate::contract::ReplyStores;
use crate::contract::fixtures::{at, digest, uuid};

/// Longer than any test runs.
pub(super) const LONG: Duration = Duration::from_hours(1);
/// Over before anybody looks, or soon after.
pub(super) const SHORT: Duration = Duration::from_millis(1);
const DEADLINE: Duration = Duration::from_secs(30);

pub(in crate::contract) const COMPLETED: Verdict = Verdict::Completed {
    finish_reason: FinishReason::Stop,
    handoff: None,
};
/// A failure that another attempt may mend.
pub(in crate::contract) const FAILED: Verdict = Verdict::Failed {
    code: FailureCode::UpstreamTimeout,
};

/// A claim by a process of its own that retries what may be mended and has no limits.
pub(in crate::contract) fn request(ticket_id: TicketId) -> ClaimRequest {
    ClaimRequest {
        ticket_id,
        reply_id: ReplyId::from_uuid(uuid()),
        owner: OwnerId::from_uuid(uuid()),
        lease: LONG,
        model: "openai/gpt-oss-20b".to_owned(),
        retry: RetryRule::Automatic,
        limits: None,
        at: at(100),
    }
}

/// A takeover of everything by a process of its own.
pub(super) fn takeover() -> TakeoverRequest {
    TakeoverRequest {
        owner: OwnerId::from_uuid(uuid()),
        lease: LONG,
        model: "openai/gpt-oss-20b".to_owned(),
        max: 100,
        at: at(300),
    }
}

/// An end with every field filled.
pub(in crate::contract) fn conclusion(verdict: Verdict) -> Conclusion {
    Conclusion {
        verdict,
        message_id: MessageId::from_uuid(uuid()),
        model_served: Some("gpt-oss-20b-0801".to_owned()),
        template: Some(TemplateRef {
            name: "billing".to_owned(),
            version: 3,
        }),
        prompt_digest: Some(PromptDigest::from_bytes(*digest().as_bytes())),
        sources: vec![
            Source {
                number: 1,
                article_id: ArticleId::from_uuid(uuid()),
                title: "Refunds \"now\" 🦀".to_owned(),
                heading: Some("How".to_owned()),
                url: Some("https://help.example.com/refunds".to_owned()),
                cited: true,
            },
            Source {
                number: 2,
                article_id: ArticleId::from_uuid(uuid()),
                title: "Returns".to_owned(),
                heading: None,
                url: None,
                cited: false,
            },
        ],
        usage: Some(Usage {
            input_tokens: 1_234,
            output_tokens: 56,
        }),
        first_token_at: Some(at(150)),
        ended_at: at(200),
    }
}

/// Deltas in a row behind `last`, which stands where the text begins.
pub(super) fn deltas(last: Position, texts: &[&str]) -> Vec<LoggedEvent> {
    texts
        .iter()
        .scan(last, |position, text| {
            position.sequence += 1;
            position.offset += text.len();
            Some(LoggedEvent {
                position: *position,
                kind: EventKind::Delta((*text).to_owned()),
            })
        })
        .collect()
}

/// Where the present attempt's text begins: at its `Created` or `Restarted` event.
pub(super) fn beginning(reply: &Reply) -> Position {
    Position {
        attempt: reply.attempt,
        sequence: reply.restart.map_or(0, |restart| restart.sequence),
        offset: 0,
    }
}

/// A reply of whose first attempt nothing is left, as its second one begins.
pub(super) fn second_attempt(
    reply: Reply,
    restart: Restart,
    owner: OwnerId,
    at: DateTime<Utc>,
) -> Reply {
    Reply {
        attempt: 2,
        last_sequence: restart.sequence,
        restart: Some(restart),
        attempt_started_at: at,
        tenure: Some(Tenure {
            owner,
            expired: false,
        }),
        ..reply
    }
}

impl ReplyStores {
    pub(super) async fn claim(&self, request: ClaimRequest) -> Claim {
        self.replies.claim(request).await.expect("answered")
    }

    pub(in crate::contract) async fn granted(&self, request: ClaimRequest) -> (Lease, Reply) {
        let claim = self.claim(request).await;
        let Claim::Granted(lease, reply) = claim else {
            panic!("not granted: {claim:?}");
        };
        (lease, *reply)
    }

    /// A running reply to a new ticket's description.
    pub(in crate::contract) async fn running(&self) -> (Ticket, Lease, Reply) {
        self.running_for(LONG).await
    }

    pub(super) async fn running_for(&self, lease: Duration) -> (Ticket, Lease, Reply) {
        let ticket = self.around.ticket().await;
        let request = ClaimRequest {
            lease,
            ..request(ticket.id)
        };
        let (lease, reply) = self.granted(request).await;
        (ticket, lease, reply)
    }

    pub(super) async fn existing(&self, request: ClaimRequest) -> Reply {
        let claim = self.claim(request).await;
        let Claim::Existing(reply) = claim else {
            panic!("not existing: {claim:?}");
        };
        *reply
    }

    pub(in crate::contract) async fn found(&self, id: ReplyId) -> Reply {
        let found = self.replies.find(id).await.expect("read");
        found.expect("the reply exists")
    }

    /// Says this from the beginning of the present attempt on.
    pub(in crate::contract) async fn say(&self, lease: Lease, reply: &Reply, texts: &[&str]) {
        let events = deltas(beginning(reply), texts);
        assert_eq!(self.append(lease, events).await, AppendOutcome::Appended);
    }

    pub(super) async fn append(&self, lease: Lease, events: Vec<LoggedEvent>) -> AppendOutcome {
        let batch = [Appending { lease, events }];
        let outcomes = self.events.append(&batch).await.expect("answered");
        let first = outcomes.first().copied();
        assert_eq!(outcomes.len(), 1);
        first.expect("one outcome")
    }

    /// The whole log of a reply.
    pub(super) async fn log(&self, id: ReplyId) -> Vec<LoggedEvent> {
        let events = self.events.read(id, None, 10_000).await;
        events.expect("read")
    }

    /// The last entry of a reply's log.
    pub(super) async fn last_event(&self, id: ReplyId) -> LoggedEvent {
        let last = self.log(id).await.pop();
        last.expect("a reply's log is never empty")
    }

    pub(in crate::contract) async fn finish(
        &self,
        lease: Lease,
        conclusion: &Conclusion,
    ) -> Finished {
        let finished = self.replies.finish(lease, conclusion.clone()).await;
        finished.expect("answered")
    }

    pub(in crate::contract) async fn done(&self, lease: Lease, verdict: Verdict) -> Reply {
        let finished = self.finish(lease, &conclusion(verdict)).await;
        let Finished::Done(reply) = finished else {
            panic!("not done: {finished:?}");
        };
        *reply
    }

    pub(super) async fn hand_off(&self, ticket: &Ticket, by: UserId) {
        let change = TicketChange::HandOff { by };
        let changed = self.around.tickets.change(ticket.id, change, at(250)).await;
        changed.expect("changed");
    }

    pub(in crate::contract) async fn hand_over(&self, leases: &[Lease]) {
        self.replies.hand_over(leases).await.expect("answered");
    }

    /// Somebody cancels the reply to the newest question.
    pub(in crate::contract) async fn stop(
        &self,
        ticket_id: TicketId,
        by: CancelledBy,
    ) -> Option<Reply> {
        let stopped = self.replies.cancel(ticket_id, by, at(260)).await;
        stopped.expect("answered")
    }

    pub(super) async fn trim(&self, ended_before: DateTime<Utc>, max: u32) -> u64 {
        self.events.trim(ended_before, max).await.expect("answered")
    }

    /// Takes over until there was something to take over: leases run out by the database's clock.
    pub(super) async fn take_over(&self, request: TakeoverRequest) -> Vec<Takeover> {
        within_deadline(async {
            loop {
                let takeovers = self.replies.take_over_expired(request.clone()).await;
                let takeovers = takeovers.expect("answered");
                if !takeovers.is_empty() {
                    return takeovers;
                }
            }
        })
        .await
    }

    /// Takes over the one reply there is and gives its new lease.
    pub(super) async fn restarted(&self, request: TakeoverRequest) -> (Lease, Reply) {
        let takeovers = self.take_over(request).await;
        let [Takeover::Restarted(lease, reply)] = takeovers.as_slice() else {
            panic!("not one restart: {takeovers:?}");
        };
        (*lease, (**reply).clone())
    }

    /// A reply that was taken over once and whose lease runs out again.
    pub(super) async fn taken_over_once(&self) -> (Ticket, Lease, Reply) {
        let (ticket, ..) = self.running_for(SHORT).await;
        let request = TakeoverRequest {
            lease: SHORT,
            ..takeover()
        };
        let (lease, reply) = self.restarted(request).await;
        (ticket, lease, reply)
    }

    /// Waits until a lease has run out by the database's clock.
    pub(super) async fn expired(&self, id: ReplyId) {
        within_deadline(async {
            while !self
                .found(id)
                .await
                .tenure
                .is_some_and(|tenure| tenure.expired)
            {}
        })
        .await;
    }
}

/// The next ring for this reply.
pub(super) async fn next_ring(doorbell: &mut domain::ports::Doorbell, id: ReplyId) -> Ring {
    within_deadline(async {
        loop {
            let ring = doorbell.next().await.expect("the bell outlives the test");
            if ring.reply_id == id {
                return ring;
            }
        }
    })
    .await
}

pub(super) async fn within_deadline<T>(work: impl Future<Output = T>) -> T {
    let result = tokio::time::timeout(DEADLINE, work).await;
    result.expect("it happens in time")
}
