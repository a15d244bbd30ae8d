//! The actor that generates one reply, detached from every request.
//!
//! It must not know who reads, how many, or whether anybody does.

mod asking;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::citation::CitationFilter;
use domain::handoff::{HandoffReason, RuledHandoff};
use domain::ids::MessageId;
use domain::ports::{ChatChunk, ChatModelError, Finish, Finished, RepositoryError};
use domain::reply::{
    Conclusion, EventKind, FailureCode, FinishReason, IncompleteReason, Lease, LoggedEvent,
    Position, Reply, Verdict,
};
use domain::use_cases::Brief;
use futures_util::{FutureExt, StreamExt};
use tokio_util::sync::CancellationToken;

use crate::chain::Chain;
use crate::follower::{catch_up, follow};
use crate::frame::ending;
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
        concluded = generation.conclude(running) => concluded,
    };
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
    /// Whether anything was said that can be seen.
    has_spoken: bool,
}

impl Progress {
    fn sources(&self) -> usize {
        self.brief
            .as_ref()
            .map_or(0, |brief| brief.record.sources.len())
    }

    /// Notes which sources the text refers to.
    fn cite(&mut self, citations: &CitationFilter) {
        let sources = self
            .brief
            .iter_mut()
            .flat_map(|brief| &mut brief.record.sources);
        for source in sources {
            source.cited = citations.cited().any(|number| number == source.number);
        }
    }
}

/// What a generation came to.
enum Outcome {
    /// The model answered.
    Finished(Finish),
    /// A rule handed the question off.
    HandedOff(RuledHandoff),
    /// A quota of tokens is used up.
    OverQuota,
    /// There is no answer, or not all of it.
    Failed(FailureCode),
}

impl Generation<'_> {
    async fn conclude(&self, running: Running) -> Result<(), Fenced> {
        self.show_beginning().await;
        let outbox = Arc::new(Outbox::new(self.lease, self.reply, Arc::clone(self.live)));
        let mut progress = Progress::default();
        // A panic on the way must not leave a reply that never ends.
        let generated = std::panic::AssertUnwindSafe(self.generate(&outbox, &mut progress))
            .catch_unwind()
            .await
            .unwrap_or(Ok(Outcome::Failed(FailureCode::Internal)))?;
        outbox.is_written().await?;
        let ended = self.store_end(progress, generated).await?;
        // Whoever hears of the end finds it counted.
        measures::reply_ended(&ended);
        drop(running);
        self.live.publish(ending(&ended), Some(Arc::new(ended)));
        Ok(())
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
    ) -> Result<Outcome, Fenced> {
        let mut texts = Texts::awaited();
        let request = match self.begin(progress).await {
            Ok(request) => request,
            Err(Outcome::HandedOff(handoff)) => {
                self.say(outbox, handoff.text, progress).await?;
                return Ok(Outcome::HandedOff(handoff));
            }
            Err(outcome) => return Ok(outcome),
        };
        let mut chunks = match self.ask(request, progress).await {
            Ok(chunks) => chunks,
            Err(code) => return Ok(Outcome::Failed(code)),
        };
        let mut citations = CitationFilter::new(progress.sources());
        while let Some(chunk) = chunks.next().await {
            match chunk {
                Ok(ChatChunk::Thinking) => {}
                Ok(ChatChunk::Text(text)) if text.is_empty() => {}
                Ok(ChatChunk::Text(text)) => {
                    texts.came();
                    self.say(outbox, &citations.push(&text), progress).await?;
                }
                Ok(ChatChunk::Quote { text, source }) => {
                    texts.came();
                    let shown = citations.quote(&text, source);
                    self.say(outbox, &shown, progress).await?;
                }
                Ok(ChatChunk::Finished(finish)) => {
                    self.say(outbox, &citations.finish(), progress).await?;
                    progress.cite(&citations);
                    return Ok(match self.silence(&finish, progress) {
                        Some(code) => Outcome::Failed(code),
                        None => Outcome::Finished(finish),
                    });
                }
                Err(error) => {
                    self.say(outbox, &citations.finish(), progress).await?;
                    return Ok(Outcome::Failed(self.failure(&error)));
                }
            }
        }
        tracing::warn!(reply.id = %self.reply.id, "the model's answer broke off");
        self.say(outbox, &citations.finish(), progress).await?;
        Ok(Outcome::Failed(FailureCode::UpstreamUnavailable))
    }

    /// Gives text to the log.
    async fn say(
        &self,
        outbox: &Arc<Outbox>,
        text: &str,
        progress: &mut Progress,
    ) -> Result<(), Fenced> {
        if text.is_empty() {
            return Ok(());
        }
        if progress.first_token_at.is_none() {
            progress.first_token_at = Some(self.shared.parts.clock.now());
        }
        progress.has_spoken |= !text.trim().is_empty();
        outbox.push(text);
        self.shared.writer.wake(self.lease, outbox);
        outbox.has_room().await
    }

    /// What went wrong with an answer that says nothing: there is nothing to show. Reasoning counts
    /// on the same limit as text, and what was said may have been references to nothing.
    fn silence(&self, finish: &Finish, progress: &Progress) -> Option<FailureCode> {
        if progress.has_spoken {
            return None;
        }
        let code = match IncompleteReason::of(finish.reason) {
            Some(IncompleteReason::ContentFilter) => FailureCode::ContentRefused,
            Some(IncompleteReason::MaxOutputTokens) | None => FailureCode::UpstreamUnavailable,
        };
        tracing::warn!(
            reply.id = %self.reply.id,
            finish_reason = finish.reason.as_str(),
            "the model said nothing"
        );
        Some(code)
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
    async fn store_end(&self, progress: Progress, generated: Outcome) -> Result<Reply, Fenced> {
        let conclusion = self.conclusion(progress, generated);
        loop {
            match self
                .shared
                .parts
                .store
                .finish(self.lease, conclusion.clone())
                .await
            {
                Ok(Finished::Done(reply)) => return Ok(*reply),
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

    fn conclusion(&self, progress: Progress, generated: Outcome) -> Conclusion {
        let record = progress.brief.map(|brief| brief.record);
        let (verdict, finish) = match generated {
            Outcome::Finished(finish) => (verdict(&finish), Some(finish)),
            Outcome::HandedOff(handoff) => (
                Verdict::Completed {
                    finish_reason: FinishReason::Stop,
                    handoff: Some(handoff.reason),
                },
                None,
            ),
            Outcome::OverQuota => (Verdict::OverQuota, None),
            Outcome::Failed(code) => (Verdict::Failed { code }, None),
        };
        Conclusion {
            verdict,
            message_id: MessageId::from_uuid(self.shared.parts.ids.generate()),
            model_served: finish.as_ref().and_then(|finish| finish.model.clone()),
            template: record.as_ref().map(|record| record.template.clone()),
            prompt_digest: record.as_ref().map(|record| record.digest),
            sources: record.map(|record| record.sources).unwrap_or_default(),
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
            // An assistant hands off by itself when it finds nothing to answer from.
            handoff: finish.hands_off.then_some(HandoffReason::NothingFound),
        },
    }
}
