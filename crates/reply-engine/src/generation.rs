//! The actor that generates one reply, detached from every request.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ids::MessageId;
use domain::ports::{
    ChatChunk, ChatModelError, ChatRequest, ChatStream, Finish, Finished, RepositoryError,
};
use domain::prompt::Extent;
use domain::reply::{
    Conclusion, EventKind, FailureCode, FinishReason, IncompleteReason, Lease, LoggedEvent,
    Position, Reply, Verdict,
};
use domain::use_cases::Brief;
use futures_util::{FutureExt, StreamExt};
use tokio_util::sync::CancellationToken;

use crate::chain::Chain;
use crate::follower::{catch_up, follow};
use crate::live::{LiveReply, lock};
use crate::measures::{self, Running, Texts};
use crate::outbox::{Fenced, Outbox};
use crate::shared::Shared;

/// How long to wait before an end whose outcome is unknown is stored again.
const PAUSE: Duration = Duration::from_millis(200);

/// Generates the reply and stores its end, whatever happens on the way.
pub(crate) async fn run(
    shared: Arc<Shared>,
    lease: Lease,
    reply: Arc<Reply>,
    live: Arc<LiveReply>,
    stop: CancellationToken,
) {
    let generation = Generation {
        shared: &shared,
        lease,
        reply: &reply,
        live: &live,
    };
    let running = Running::begin();
    let concluded = tokio::select! {
        () = stop.cancelled() => Err(Fenced),
        () = shared.handing_over.cancelled() => {
            lock(&shared.given_up).push(lease);
            Err(Fenced)
        }
        concluded = generation.conclude() => concluded,
    };
    drop(running);
    if let Err(Fenced) = concluded {
        measures::generation_stopped();
        tracing::info!(reply.id = %reply.id, "generation stopped: the reply goes on or ended elsewhere");
    }
    if let Some(wake) = shared.hub.release(lease) {
        shared.help(follow(Arc::clone(&shared), Arc::clone(&live), wake));
    }
}

struct Generation<'a> {
    shared: &'a Arc<Shared>,
    lease: Lease,
    reply: &'a Arc<Reply>,
    live: &'a Arc<LiveReply>,
}

/// What a generation has learned by its end.
#[derive(Default)]
struct Progress {
    brief: Option<Brief>,
    first_token_at: Option<DateTime<Utc>>,
}

impl Generation<'_> {
    async fn conclude(&self) -> Result<(), Fenced> {
        self.show_beginning().await;
        let outbox = Arc::new(Outbox::new(self.lease, self.reply, Arc::clone(self.live)));
        let mut progress = Progress::default();
        // A panic on the way must not leave a reply that never ends.
        let generated = std::panic::AssertUnwindSafe(self.generate(&outbox, &mut progress))
            .catch_unwind()
            .await
            .unwrap_or(Ok(Err(FailureCode::Internal)))?;
        outbox.is_written().await?;
        self.store_end(progress, generated).await
    }

    /// Readers who came before the owner, and readers of earlier attempts, see the beginning too.
    async fn show_beginning(&self) {
        if self.reply.last_sequence == 0 {
            let position = Position {
                attempt: self.reply.attempt,
                sequence: 0,
                offset: 0,
            };
            self.live.publish(
                vec![LoggedEvent {
                    position,
                    kind: EventKind::Created,
                }],
                None,
            );
        }
        self.live.restart(self.reply);
        while self.live.last_sequence() < self.reply.last_sequence {
            if let Err(error) = catch_up(self.shared, self.live).await {
                tracing::warn!(
                    reply.id = %self.reply.id,
                    error = %Chain(&error),
                    "cannot read the log for now"
                );
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Asks the model and writes what it says. The inner result is the answer's.
    async fn generate(
        &self,
        outbox: &Arc<Outbox>,
        progress: &mut Progress,
    ) -> Result<Result<Finish, FailureCode>, Fenced> {
        let mut texts = Texts::awaited();
        let mut chunks = match self.ask(progress).await {
            Ok(chunks) => chunks,
            Err(code) => return Ok(Err(code)),
        };
        while let Some(chunk) = chunks.next().await {
            match chunk {
                Ok(ChatChunk::Thinking) => {}
                Ok(ChatChunk::Text(text)) if text.is_empty() => {}
                Ok(ChatChunk::Text(text)) => {
                    texts.came();
                    if progress.first_token_at.is_none() {
                        progress.first_token_at = Some(self.shared.parts.clock.now());
                    }
                    outbox.push(&text);
                    self.shared.writer.wake(self.reply.id, outbox);
                    outbox.has_room().await?;
                }
                Ok(ChatChunk::Finished(finish)) => return Ok(Ok(finish)),
                Err(error) => return Ok(Err(self.failure(&error))),
            }
        }
        tracing::warn!(reply.id = %self.reply.id, "the model's answer broke off");
        Ok(Err(FailureCode::UpstreamUnavailable))
    }

    /// Begins an answer. A conversation that is too long for the model is shortened once.
    async fn ask(&self, progress: &mut Progress) -> Result<ChatStream, FailureCode> {
        let request = self.prepare(Extent::Whole, progress).await?;
        let too_long = match self.shared.parts.model.stream_reply(request.clone()).await {
            Ok(chunks) => return Ok(chunks),
            Err(error @ ChatModelError::ContextTooLong) => error,
            Err(error) => return Err(self.failure(&error)),
        };
        let shortened = self.prepare(Extent::Shortened, progress).await?;
        if shortened == request {
            return Err(self.failure(&too_long));
        }
        tracing::info!(reply.id = %self.reply.id, "the conversation is shortened");
        let asked = self.shared.parts.model.stream_reply(shortened).await;
        asked.map_err(|error| self.failure(&error))
    }

    async fn prepare(
        &self,
        extent: Extent,
        progress: &mut Progress,
    ) -> Result<ChatRequest, FailureCode> {
        match self.shared.parts.prepare.execute(self.reply, extent).await {
            Ok(brief) => {
                let request = brief.request.clone();
                progress.brief = Some(brief);
                Ok(request)
            }
            Err(error) => {
                tracing::error!(
                    reply.id = %self.reply.id,
                    error = %Chain(&error),
                    "the reply cannot be prepared"
                );
                Err(FailureCode::Internal)
            }
        }
    }

    fn failure(&self, error: &ChatModelError) -> FailureCode {
        let code = error.failure_code();
        tracing::warn!(
            reply.id = %self.reply.id,
            code = code.as_str(),
            error = %Chain(error),
            "the model gave no whole answer"
        );
        code
    }

    /// Stores the end, again and again while the store is away: its outcome must not stay unknown.
    async fn store_end(
        &self,
        progress: Progress,
        generated: Result<Finish, FailureCode>,
    ) -> Result<(), Fenced> {
        let conclusion = self.conclusion(progress, generated);
        loop {
            match self
                .shared
                .parts
                .store
                .finish(self.lease, conclusion.clone())
                .await
            {
                Ok(Finished::Done(reply)) => {
                    measures::reply_ended(&reply);
                    let position = Position {
                        attempt: reply.attempt,
                        sequence: reply.last_sequence,
                        offset: reply.text.len(),
                    };
                    let ended = LoggedEvent {
                        position,
                        kind: EventKind::Ended,
                    };
                    self.live.publish(vec![ended], Some(Arc::new(*reply)));
                    return Ok(());
                }
                Ok(Finished::Fenced) => return Err(Fenced),
                Err(RepositoryError::Unavailable(error)) => {
                    tracing::warn!(error = %error, "the reply's end is stored again");
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => {
                    tracing::error!(
                        reply.id = %self.reply.id,
                        error = %Chain(&error),
                        "the reply's end was refused"
                    );
                    return Err(Fenced);
                }
            }
        }
    }

    fn conclusion(&self, progress: Progress, generated: Result<Finish, FailureCode>) -> Conclusion {
        let (template, sources) = progress
            .brief
            .map(|brief| (brief.template, brief.sources))
            .unzip();
        let (verdict, finish) = match generated {
            Ok(finish) => (verdict(&finish), Some(finish)),
            Err(code) => (Verdict::Failed { code }, None),
        };
        Conclusion {
            verdict,
            message_id: MessageId::from_uuid(self.shared.parts.ids.generate()),
            model_served: finish.as_ref().and_then(|finish| finish.model.clone()),
            template,
            sources: sources.unwrap_or_default(),
            usage: finish.and_then(|finish| finish.usage),
            first_token_at: progress.first_token_at,
            ended_at: self.shared.parts.clock.now(),
        }
    }
}

fn verdict(finish: &Finish) -> Verdict {
    match finish.reason {
        FinishReason::Length => Verdict::Incomplete {
            reason: IncompleteReason::MaxOutputTokens,
        },
        FinishReason::ContentFilter => Verdict::Incomplete {
            reason: IncompleteReason::ContentFilter,
        },
        reason @ (FinishReason::Stop | FinishReason::Other) => Verdict::Completed {
            finish_reason: reason,
            hands_off: finish.hands_off,
        },
    }
}
