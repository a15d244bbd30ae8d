use std::sync::Arc;
use std::time::Duration;

use domain::ids::{ReplyId, TicketId};
use domain::ports::{
    ChatModel, Claim, ClaimRequest, Clock, IdGenerator, ReplyEventLog, ReplyLimits, ReplyStore,
    RepositoryError, RetryRule, TokenLedger, TokenQuotas,
};
use domain::reply::{CancelledBy, EventKind, Reply};
use domain::use_cases::PrepareReply;
use thiserror::Error;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::frame::Cursor;
use crate::keeper;
use crate::shared::Shared;
use crate::shutdown::{self, ShutdownPace};
use crate::stream::ReplyStream;

/// What the engine works with.
pub struct EngineParts {
    /// Who may generate which reply.
    pub store: Arc<dyn ReplyStore>,
    /// The log that readers are served from.
    pub log: Arc<dyn ReplyEventLog>,
    /// The assistant.
    pub model: Arc<dyn ChatModel>,
    /// Keeps account of tokens.
    pub ledger: Arc<dyn TokenLedger>,
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
    /// How many tokens may be spent.
    pub quotas: TokenQuotas,
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
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Why a reply gets no other attempt.
#[derive(Debug, Error)]
pub enum RetryError {
    /// The question has no reply, or no answer is wanted any more.
    #[error("there is no reply to retry")]
    NothingToRetry,
    /// It is being generated.
    #[error("the reply is being generated")]
    Running,
    /// It is answered.
    #[error("the question is answered")]
    Answered,
    /// The assistant is off for this ticket.
    #[error("the assistant is off for this ticket")]
    AssistantOff,
    /// The owner's limits are reached.
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

impl ReplyEngine {
    /// Starts the engine's tasks on `runtime`, which must be a multi-thread one that outlives all
    /// requests: an HTTP worker's own runtime dies with the worker.
    pub fn start(parts: EngineParts, settings: EngineSettings, runtime: Handle) -> Self {
        let shared = Arc::new(Shared::new(parts, settings, runtime));
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
                && reply.attempts_used() < ClaimRequest::MAX_ATTEMPTS;
            if !wants_retry {
                return Ok(shared.attach(reply, cursor).await?);
            }
        }
        let _counted = shared.generations.token();
        if shared.draining.is_cancelled() {
            return Ok(Opening::Stream(ReplyStream::of_closing()));
        }
        match shared.claim(ticket_id, RetryRule::Automatic).await? {
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
        let reply = self.shared.parts.store.find_current(ticket_id).await?;
        self.with_text(reply).await
    }

    /// That reply with its text so far.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    pub async fn find(&self, id: ReplyId) -> Result<Option<Reply>, RepositoryError> {
        let reply = self.shared.parts.store.find(id).await?;
        self.with_text(reply).await
    }

    /// While a reply runs, only the log has its text.
    async fn with_text(&self, reply: Option<Reply>) -> Result<Option<Reply>, RepositoryError> {
        let Some(mut reply) = reply else {
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

    /// Opens a reading of that reply behind a cursor; nothing is generated for it. None when
    /// there is no such reply.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    pub async fn resume(
        &self,
        reply_id: ReplyId,
        cursor: Cursor,
    ) -> Result<Option<Opening>, RepositoryError> {
        match self.shared.parts.store.find(reply_id).await? {
            Some(reply) => Ok(Some(self.shared.attach(reply, Some(cursor)).await?)),
            None => Ok(None),
        }
    }

    /// Stops the answer to the ticket's newest question wherever it is generated, and returns it
    /// as it then stands with the text so far. One that has ended stays as it is.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    pub async fn cancel(
        &self,
        ticket_id: TicketId,
        by: CancelledBy,
    ) -> Result<Option<Reply>, RepositoryError> {
        let parts = &self.shared.parts;
        parts.store.cancel(ticket_id, by, parts.clock.now()).await
    }

    /// Begins another attempt at a reply that failed or was cancelled, however many it had.
    ///
    /// # Errors
    /// [`RetryError`] when there is nothing to repeat, or it may not be.
    pub async fn retry(&self, ticket_id: TicketId) -> Result<Reply, RetryError> {
        let _counted = self.shared.generations.token();
        if self.shared.draining.is_cancelled() {
            return Err(RetryError::ShuttingDown);
        }
        match self.shared.claim(ticket_id, RetryRule::Demanded).await? {
            Claim::Granted(_, reply) => Ok(*reply),
            Claim::Existing(reply) if reply.has_ended() => Err(RetryError::Answered),
            Claim::Existing(_) => Err(RetryError::Running),
            Claim::NothingToAnswer => Err(RetryError::NothingToRetry),
            Claim::AssistantOff => Err(RetryError::AssistantOff),
            Claim::OverLimit { retry_after } => Err(RetryError::OverLimit { retry_after }),
        }
    }

    /// Begins nothing new, lets generations finish, tells readers to go on elsewhere, gives back
    /// what is not finished and stops.
    pub async fn shut_down(&self, pace: ShutdownPace) {
        shutdown::run(&self.shared, pace).await;
    }
}

/// Whether a cursor belongs to that reply; one of another reply counts as none.
fn concerns(cursor: &Cursor, reply_id: ReplyId) -> bool {
    match cursor {
        Cursor::Event(id) => id.reply_id == reply_id,
        Cursor::Sequence(_) | Cursor::Unusable => true,
    }
}
