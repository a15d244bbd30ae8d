//! What stays true when many processes do everything at once.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use domain::ids::{MessageId, OwnerId, ReplyId};
use domain::message::Author;
use domain::ports::{
    AppendOutcome, Claim, ClaimRequest, Finished, RetryRule, Takeover, TakeoverRequest,
};
use domain::reply::{
    CancelledBy, Ending, EventKind, IncompleteReason, Lease, Position, Reply, ReplyState, Verdict,
};
use domain::ticket::Ticket;
use tokio::task::JoinSet;

use super::fixtures::{COMPLETED, FAILED, LONG, SHORT, beginning, deltas, request, takeover};
use crate::contract::ReplyStores;
use crate::contract::fixtures::uuid;

const TICKETS: usize = 3;
const PROCESSES: usize = 8;
const STEPS: usize = 30;

pub async fn a_storm_leaves_every_reply_whole(stores: ReplyStores) {
    let stores = Arc::new(stores);
    let mut tickets = Vec::new();
    for _ in 0..TICKETS {
        tickets.push(stores.around.ticket().await);
    }
    let mut processes = JoinSet::new();
    for number in 0..PROCESSES {
        let process = Process {
            stores: Arc::clone(&stores),
            tickets: tickets.clone(),
            number,
            owner: OwnerId::from_uuid(uuid()),
            held: Vec::new(),
            given: Vec::new(),
        };
        processes.spawn(process.run());
    }
    let leases = processes.join_all().await.concat();

    let mut newest: BTreeMap<ReplyId, Lease> = BTreeMap::new();
    let mut epochs = HashSet::new();
    for lease in &leases {
        // Whoever was given a right was given it alone.
        assert!(epochs.insert((lease.reply_id, lease.epoch)), "{lease:?}");
        let newest = newest.entry(lease.reply_id).or_insert(*lease);
        if newest.epoch < lease.epoch {
            *newest = *lease;
        }
    }
    let mut streaming = HashSet::new();
    for (id, lease) in &newest {
        let reply = stores.whole(*id).await;
        if reply.state == ReplyState::Streaming {
            assert_eq!(reply.tenure.map(|tenure| tenure.owner), Some(lease.owner));
            streaming.insert(*lease);
        }
    }
    let renewed = stores.replies.renew(&leases, LONG).await;
    let renewed: HashSet<Lease> = renewed.expect("answered").into_iter().collect();
    assert_eq!(renewed, streaming);

    // What was given back is taken up; then everything ends, once.
    let takeovers = stores.replies.take_over_expired(takeover()).await;
    let mut held = streaming;
    for takeover in takeovers.expect("answered") {
        let Takeover::Restarted(lease, _) = takeover else {
            panic!("a queued reply failed: {takeover:?}");
        };
        held.insert(lease);
    }
    for lease in held {
        stores.done(lease, COMPLETED).await;
    }
    let ids: Vec<ReplyId> = newest.into_keys().collect();
    stores.have_one_message_each(&ids, &tickets).await;
}

/// One that claims, writes, ends, gives up, takes over and is overtaken.
struct Process {
    stores: Arc<ReplyStores>,
    tickets: Vec<Ticket>,
    number: usize,
    owner: OwnerId,
    /// What it may still write to, and where each text ends.
    held: Vec<(Lease, Position)>,
    /// Every right that it was ever given.
    given: Vec<Lease>,
}

impl Process {
    async fn run(mut self) -> Vec<Lease> {
        for step in 0..STEPS {
            self.step(step).await;
        }
        self.given
    }

    async fn step(&mut self, step: usize) {
        let place = (self.number + step / 2) % self.tickets.len();
        let Some(ticket) = self.tickets.get(place).cloned() else {
            return;
        };
        // Numbers without a pattern that two processes would share.
        match (self.number * 5 + step * 7 + step / 3) % 12 {
            0..=3 => self.claim(&ticket, step).await,
            4 | 5 => self.take_over().await,
            6..=8 => self.append().await,
            9 => self.finish(step).await,
            10 if step.is_multiple_of(2) => drop(self.stores.around.ask(&ticket, "And?").await),
            10 => drop(self.stores.stop(ticket.id, CancelledBy::Customer).await),
            _ => self.hand_over().await,
        }
    }

    fn receive(&mut self, lease: Lease, reply: &Reply) {
        self.given.push(lease);
        self.held.push((lease, beginning(reply)));
    }

    async fn claim(&mut self, ticket: &Ticket, step: usize) {
        let claim = ClaimRequest {
            owner: self.owner,
            lease: if step.is_multiple_of(2) { SHORT } else { LONG },
            retry: if step.is_multiple_of(3) {
                RetryRule::Automatic
            } else {
                RetryRule::Demanded
            },
            ..request(ticket.id)
        };
        if let Claim::Granted(lease, reply) = self.stores.claim(claim).await {
            self.receive(lease, &reply);
        } else {
            // A demand does not begin a reply: somebody must.
            let plain = ClaimRequest {
                owner: self.owner,
                lease: SHORT,
                ..request(ticket.id)
            };
            if let Claim::Granted(lease, reply) = self.stores.claim(plain).await {
                self.receive(lease, &reply);
            }
        }
    }

    async fn take_over(&mut self) {
        let request = TakeoverRequest {
            owner: self.owner,
            lease: SHORT,
            model: "openai/gpt-oss-20b".to_owned(),
            max: 2,
            ..takeover()
        };
        let takeovers = self.stores.replies.take_over_expired(request).await;
        for takeover in takeovers.expect("answered") {
            if let Takeover::Restarted(lease, reply) = takeover {
                self.receive(lease, &reply);
            }
        }
    }

    async fn append(&mut self) {
        let mut held = Vec::new();
        for (lease, last) in self.held.drain(..) {
            let events = deltas(last, &["wörd", " "]);
            let next = events.last().map_or(last, |event| event.position);
            if self.stores.append(lease, events).await == AppendOutcome::Appended {
                held.push((lease, next));
            }
        }
        self.held = held;
    }

    async fn finish(&mut self, step: usize) {
        let reason = IncompleteReason::MaxOutputTokens;
        let verdicts = [FAILED, FAILED, COMPLETED, Verdict::Incomplete { reason }];
        let verdict = verdicts.get(step % verdicts.len()).copied();
        let Some((lease, _)) = self.held.pop() else {
            return;
        };
        let conclusion = super::fixtures::conclusion(verdict.unwrap_or(FAILED));
        let first = self.stores.finish(lease, &conclusion).await;
        // Its outcome may have got lost: then it is told again, unless somebody retried.
        let again = self.stores.finish(lease, &conclusion).await;
        assert!(again == first || again == Finished::Fenced, "{again:?}");
    }

    async fn hand_over(&mut self) {
        let leases: Vec<Lease> = self.held.drain(..).map(|(lease, _)| lease).collect();
        self.stores.hand_over(&leases).await;
    }
}

impl ReplyStores {
    /// The reply, whose log and row agree whatever it went through.
    pub(super) async fn whole(&self, id: ReplyId) -> Reply {
        let log = self.log(id).await;
        let reply = self.found(id).await;
        let (mut attempt, mut text, mut restart) = (1, String::new(), None);
        let mut has_ended = false;
        for (sequence, event) in (0..).zip(&log) {
            match &event.kind {
                EventKind::Created => assert_eq!(sequence, 0),
                EventKind::Restarted(_) => {
                    attempt += 1;
                    text.clear();
                    restart = Some(sequence);
                }
                EventKind::Delta(delta) => text.push_str(delta),
                EventKind::HandedOff(_) | EventKind::Ended => {}
            }
            let goes_on = matches!(event.kind, EventKind::Restarted(_));
            assert!(!has_ended || goes_on, "{event:?} after an end");
            has_ended = event.kind == EventKind::Ended;
            let position = Position {
                attempt,
                sequence,
                offset: text.len(),
            };
            assert_eq!(event.position, position);
        }
        let first = log.first().map(|event| &event.kind);
        assert_eq!(first, Some(&EventKind::Created));
        let last = log.last().map(|event| event.position.sequence);
        assert_eq!(Some(reply.last_sequence), last);
        assert_eq!(reply.attempt, attempt);
        assert_eq!(reply.restart.map(|restart| restart.sequence), restart);
        assert_eq!(reply.has_ended(), has_ended);
        assert_eq!(reply.tenure.is_none(), has_ended);
        assert_eq!(reply.text, if has_ended { text } else { String::new() });
        reply
    }

    /// These replies have ended, and each answer among them is one message of these tickets.
    async fn have_one_message_each(&self, ids: &[ReplyId], tickets: &[Ticket]) {
        let mut answers: BTreeMap<ReplyId, (MessageId, String)> = BTreeMap::new();
        let mut questions = HashSet::new();
        for id in ids {
            let reply = self.whole(*id).await;
            assert!(
                questions.insert(reply.question),
                "two replies to one question"
            );
            match reply.state {
                ReplyState::Ended(
                    Ending::Completed { message_id, .. } | Ending::Incomplete { message_id, .. },
                ) => drop(answers.insert(*id, (message_id, reply.text))),
                ReplyState::Ended(_) => {}
                state => panic!("it runs for ever: {state:?}"),
            }
        }
        let mut messages = Vec::new();
        for ticket in tickets {
            messages.extend(self.around.all_messages(ticket.id).await);
        }
        let given = messages
            .iter()
            .filter(|message| message.author == Author::Assistant);
        let given: Vec<_> = given
            .map(|message| {
                let told = (message.id, message.content.clone());
                (message.reply_id.expect("an answer's reply"), told)
            })
            .collect();
        assert_eq!(given.len(), answers.len());
        assert_eq!(given.into_iter().collect::<BTreeMap<_, _>>(), answers);
    }
}
