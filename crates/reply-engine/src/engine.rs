use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use domain::ids::{OwnerId, ReplyId, TicketId};
use domain::ports::{
    ChatModel, Claim, ClaimRequest, Clock, IdGenerator, ReplyEventLog, ReplyLimits, ReplyStore,
    RepositoryError, TakeoverRequest,
};
use domain::reply::{EventKind, Lease, LoggedEvent, Reply};
use domain::use_cases::PrepareReply;
use thiserror::Error;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::follower;
use crate::frame::Cursor;
use crate::generation;
use crate::hub::{Hub, Joined};
use crate::keeper;
use crate::live::Log;
use crate::stream::ReplyStream;
use crate::writer::LogWriter;

/// What the engine works with.
pub struct EngineParts {
    /// Who may generate which reply.
    pub store: Arc<dyn ReplyStore>,
    /// The log that readers are served from.
    pub log: Arc<dyn ReplyEventLog>,
    /// The assistant.
    pub model: Arc<dyn ChatModel>,
    /// Gathers what the assistant is asked.
    pub prepare: PrepareReply,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub ids: Arc<dyn IdGenerator>,
    /// Cancelled as soon as the store has what replies need; until then nothing is looked for.
    pub prepared: CancellationToken,
}

/// How the engine works.
#[derive(Clone, Copy, Debug)]
pub struct EngineSettings {
    /// How long a lease lasts, by the database's clock. It is renewed three times in that span.
    pub lease: Duration,
    /// How often a follower looks at the log when nothing rings.
    pub poll: Duration,
    /// Each owner's limits; none where they are switched off.
    pub limits: Option<ReplyLimits>,
}

/// Why a reading could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// An answer would have to be generated, but the assistant is off for this ticket.
    #[error("the assistant is off for this ticket")]
    AssistantOff,
    /// An answer would have to be generated, but the owner's limits are reached.
    #[error("too many replies")]
    OverLimit {
        /// When it is worth asking again.
        retry_after: Duration,
    },
    /// The process shuts down and starts nothing new.
    #[error("shutting down")]
    ShuttingDown,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// What came of opening a reading.
#[derive(Debug)]
pub enum Opening {
    /// There is something to read.
    Stream(ReplyStream),
    /// There is nothing to answer, or the reader has seen everything.
    Finished,
}

/// Generates replies and serves their readers. Cloning it is cheap.
#[derive(Clone)]
pub struct ReplyEngine {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) parts: EngineParts,
    pub(crate) settings: EngineSettings,
    pub(crate) owner: OwnerId,
    pub(crate) hub: Hub,
    pub(crate) writer: LogWriter,
    runtime: Handle,
    /// Generations and claims: a shutdown waits for these.
    generations: TaskTracker,
    /// Loops that end when they are told to.
    helpers: TaskTracker,
    /// No new generation is begun.
    draining: CancellationToken,
    /// Readings are ended.
    closing: CancellationToken,
    /// Everything stops.
    pub(crate) stopped: CancellationToken,
}

impl ReplyEngine {
    /// Starts the engine's tasks on `runtime`, which must be a multi-thread one that outlives all
    /// requests: an HTTP worker's own runtime dies with the worker.
    pub fn start(parts: EngineParts, settings: EngineSettings, runtime: Handle) -> Self {
        let owner = OwnerId::from_uuid(parts.ids.generate());
        let shared = Arc::new(Shared {
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
            stopped: CancellationToken::new(),
        });
        let writer = Arc::clone(&shared);
        shared.help(async move {
            writer
                .writer
                .run(writer.parts.log.as_ref(), &writer.stopped)
                .await;
        });
        shared.help(keeper::keep_leases(Arc::clone(&shared)));
        shared.help(keeper::answer_doorbell(Arc::clone(&shared)));
        Self { shared }
    }

    /// Opens a reading of the answer to the ticket's newest question, which is generated if it has
    /// none yet. Leaving early, even while this runs, neither stops nor loses it.
    ///
    /// # Errors
    /// [`OpenError`] when an answer would have to be generated and may not be.
    pub async fn open(
        &self,
        ticket_id: TicketId,
        cursor: Option<Cursor>,
    ) -> Result<Opening, OpenError> {
        let shared = &self.shared;
        if let Some(reply) = shared.parts.store.find_current(ticket_id).await? {
            let cursor = cursor.filter(|cursor| concerns(cursor, reply.id));
            let wants_retry = cursor.is_none()
                && reply.is_retryable()
                && reply.attempt < ClaimRequest::MAX_ATTEMPTS;
            if !wants_retry {
                return Ok(shared.attach(reply, cursor).await?);
            }
        }
        if shared.draining.is_cancelled() {
            return Err(OpenError::ShuttingDown);
        }
        let claiming = Arc::clone(shared);
        let claim = shared.generations.spawn_on(
            async move { claiming.claim(ticket_id).await },
            &shared.runtime,
        );
        match claim
            .await
            .map_err(|panic| RepositoryError::Corrupt(panic.into()))??
        {
            Claim::Granted(_, reply) | Claim::Existing(reply) => {
                Ok(shared.attach(*reply, None).await?)
            }
            Claim::NothingToAnswer => Ok(Opening::Finished),
            Claim::AssistantOff => Err(OpenError::AssistantOff),
            Claim::OverLimit { retry_after } => Err(OpenError::OverLimit { retry_after }),
        }
    }

    /// The answer to the ticket's newest question as it stands, with the text so far; nothing is
    /// generated.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    pub async fn current(&self, ticket_id: TicketId) -> Result<Option<Reply>, RepositoryError> {
        let Some(mut reply) = self.shared.parts.store.find_current(ticket_id).await? else {
            return Ok(None);
        };
        if !reply.has_ended() {
            let events = self.shared.read_log(reply.id, None).await?;
            reply.text = events
                .into_iter()
                .filter(|event| event.position.attempt == reply.attempt)
                .filter_map(|event| match event.kind {
                    EventKind::Delta(text) => Some(text),
                    _ => None,
                })
                .collect();
        }
        Ok(Some(reply))
    }

    /// Begins nothing new, lets generations finish for at most `budget`, ends all readings and stops. What does not
    /// finish is taken over after its lease.
    pub async fn shut_down(&self, budget: Duration) {
        self.shared.draining.cancel();
        self.shared.generations.close();
        if tokio::time::timeout(budget, self.shared.generations.wait())
            .await
            .is_err()
        {
            tracing::warn!("generations are still running and will be taken over");
        }
        self.shared.closing.cancel();
        self.shared.stopped.cancel();
        self.shared.helpers.close();
        self.shared.helpers.wait().await;
    }
}

/// Whether a cursor belongs to that reply; one of another reply counts as none.
fn concerns(cursor: &Cursor, reply_id: ReplyId) -> bool {
    match cursor {
        Cursor::Event(id) => id.reply_id == reply_id,
        Cursor::Sequence(_) | Cursor::Unusable => true,
    }
}

impl Shared {
    /// Events per read of the log.
    const READ_SIZE: u32 = 1_000;

    /// Runs a loop that ends by itself when the engine stops.
    pub(crate) fn help(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.helpers.spawn_on(task, &self.runtime);
    }

    /// Claims and begins at once, so that no claim is left without its generation.
    async fn claim(self: &Arc<Self>, ticket_id: TicketId) -> Result<Claim, RepositoryError> {
        let request = ClaimRequest {
            ticket_id,
            reply_id: ReplyId::from_uuid(self.parts.ids.generate()),
            owner: self.owner,
            lease: self.settings.lease,
            model: self.parts.model.name(),
            may_retry: true,
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
            self.generations.spawn_on(task, &self.runtime);
        }
    }

    /// Takes over what others left.
    pub(crate) async fn take_over(self: &Arc<Self>) -> Result<(), RepositoryError> {
        if self.draining.is_cancelled() {
            return Ok(());
        }
        let request = TakeoverRequest {
            owner: self.owner,
            lease: self.settings.lease,
            max: 100,
            at: self.parts.clock.now(),
        };
        keeper::begin_all(self, self.parts.store.take_over_expired(request).await?);
        Ok(())
    }

    async fn attach(
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
            if more.is_empty() {
                return Ok(events);
            }
            events.extend(more);
        }
    }
}
