//! What the engine's tasks share.

use std::future::Future;
use std::sync::{Arc, Mutex};

use domain::ids::{OwnerId, ReplyId, TicketId};
use domain::ports::{Claim, ClaimRequest, RepositoryError, RetryRule, TakeoverRequest};
use domain::reply::{Lease, LoggedEvent, Reply};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::engine::{EngineParts, EngineSettings, Opening};
use crate::follower;
use crate::frame::Cursor;
use crate::generation;
use crate::hub::{Hub, Joined};
use crate::keeper;
use crate::live::Log;
use crate::stream::ReplyStream;
use crate::writer::LogWriter;

pub(crate) struct Shared {
    pub(crate) parts: EngineParts,
    pub(crate) settings: EngineSettings,
    pub(crate) owner: OwnerId,
    pub(crate) hub: Hub,
    pub(crate) writer: LogWriter,
    runtime: Handle,
    /// Generations and claims: a shutdown waits for these.
    pub(crate) generations: TaskTracker,
    /// Loops that end when they are told to.
    pub(crate) helpers: TaskTracker,
    /// No new generation is begun.
    pub(crate) draining: CancellationToken,
    /// Readings are ended.
    pub(crate) closing: CancellationToken,
    /// Generations are given up for others to take over.
    pub(crate) handing_over: CancellationToken,
    /// The leases of those.
    pub(crate) given_up: Mutex<Vec<Lease>>,
    /// Everything stops.
    pub(crate) stopped: CancellationToken,
}

impl Shared {
    /// Events per read of the log.
    const READ_SIZE: u32 = 1_000;

    pub(crate) fn new(parts: EngineParts, settings: EngineSettings, runtime: Handle) -> Self {
        let owner = OwnerId::from_uuid(parts.ids.generate());
        Self {
            parts,
            settings,
            owner,
            hub: Hub::default(),
            writer: LogWriter::default(),
            runtime,
            generations: TaskTracker::new(),
            helpers: TaskTracker::new(),
            draining: CancellationToken::new(),
            closing: CancellationToken::new(),
            handing_over: CancellationToken::new(),
            given_up: Mutex::default(),
            stopped: CancellationToken::new(),
        }
    }

    /// Runs a loop that ends by itself when the engine stops.
    pub(crate) fn help(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.helpers.spawn_on(task, &self.runtime);
    }

    /// Claims and begins at once, in a task of its own: no claim is left without its generation,
    /// however early the caller leaves.
    pub(crate) async fn claim(
        self: &Arc<Self>,
        ticket_id: TicketId,
        retry: RetryRule,
    ) -> Result<Claim, RepositoryError> {
        let claiming = Arc::clone(self);
        let claim = async move { claiming.claim_here(ticket_id, retry).await };
        // Its log lines belong to whoever asked.
        self.generations
            .spawn_on(claim.in_current_span(), &self.runtime)
            .await
            .map_err(|panic| RepositoryError::Corrupt(panic.into()))?
    }

    async fn claim_here(
        self: &Arc<Self>,
        ticket_id: TicketId,
        retry: RetryRule,
    ) -> Result<Claim, RepositoryError> {
        let request = ClaimRequest {
            ticket_id,
            reply_id: ReplyId::from_uuid(self.parts.ids.generate()),
            owner: self.owner,
            lease: self.settings.lease,
            model: self.parts.model.name(),
            retry,
            limits: self.settings.limits,
            at: self.parts.clock.now(),
        };
        let claim = self.parts.store.claim(request).await?;
        if let Claim::Granted(lease, reply) = &claim {
            self.begin(*lease, Arc::new(Reply::clone(reply)));
        }
        Ok(claim)
    }

    /// Starts generating under a lease that was just won.
    pub(crate) fn begin(self: &Arc<Self>, lease: Lease, reply: Arc<Reply>) {
        if let Some((live, stop)) = self.hub.own(lease, &reply) {
            live.keep_alive(self.settings.lease);
            let task = generation::run(Arc::clone(self), lease, reply, live, stop);
            self.generations
                .spawn_on(task.in_current_span(), &self.runtime);
        }
    }

    /// Takes over what others left.
    pub(crate) async fn take_over(self: &Arc<Self>) -> Result<(), RepositoryError> {
        // What is won must be begun before a shutdown counts the generations to wait for.
        let _counted = self.generations.token();
        if self.draining.is_cancelled() {
            return Ok(());
        }
        let request = TakeoverRequest {
            owner: self.owner,
            lease: self.settings.lease,
            model: self.parts.model.name(),
            max: 100,
            at: self.parts.clock.now(),
        };
        keeper::begin_all(self, self.parts.store.take_over_expired(request).await?);
        Ok(())
    }

    pub(crate) async fn attach(
        self: &Arc<Self>,
        reply: Reply,
        cursor: Option<Cursor>,
    ) -> Result<Opening, RepositoryError> {
        let reply = Arc::new(reply);
        if reply.has_ended() {
            return self.attach_to_ended(reply, cursor).await;
        }
        let Joined { live, follow, hold } = self.hub.join(&reply);
        if let Some(wake) = follow {
            if reply.tenure.is_some_and(|tenure| !tenure.expired) {
                live.keep_alive(self.settings.lease);
            }
            self.help(follower::follow(Arc::clone(self), Arc::clone(&live), wake));
        }
        // A reader's place can only be found in a log that is as new as the row just read.
        let caught_up = live.reaches(reply.last_sequence);
        tokio::time::timeout(self.settings.lease, caught_up)
            .await
            .map_err(|late| RepositoryError::Unavailable(late.into()))?;
        let subscription = live.subscribe(cursor);
        drop(hold);
        if subscription.finished {
            return Ok(Opening::Finished);
        }
        Ok(Opening::Stream(ReplyStream::of_live(
            live,
            subscription,
            self.closing.clone(),
        )))
    }

    async fn attach_to_ended(
        &self,
        reply: Arc<Reply>,
        cursor: Option<Cursor>,
    ) -> Result<Opening, RepositoryError> {
        // Numbers alone do not tell how much text was read; the log does while it is kept.
        let events = match cursor {
            Some(Cursor::Sequence(_)) => self.read_log(reply.id, None).await?,
            _ => Vec::new(),
        };
        let reply_id = reply.id;
        let log = Log::of_ended(reply, events);
        if log.is_finished_for(cursor) {
            return Ok(Opening::Finished);
        }
        Ok(Opening::Stream(ReplyStream::of_ended(
            reply_id,
            log.backlog(cursor),
        )))
    }

    /// Every event behind the number `after`.
    pub(crate) async fn read_log(
        &self,
        reply_id: ReplyId,
        after: Option<i64>,
    ) -> Result<Vec<LoggedEvent>, RepositoryError> {
        let mut events: Vec<LoggedEvent> = Vec::new();
        loop {
            let after = events.last().map(|event| event.position.sequence).or(after);
            let more = self
                .parts
                .log
                .read(reply_id, after, Self::READ_SIZE)
                .await?;
            let is_last = u32::try_from(more.len()).is_ok_and(|read| read < Self::READ_SIZE);
            events.extend(more);
            if is_last {
                return Ok(events);
            }
        }
    }
}
