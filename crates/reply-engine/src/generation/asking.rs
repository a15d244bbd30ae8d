//! What comes before the model's first word: the rules, the quotas and the request.

use domain::ports::{ChatModelError, ChatRequest, ChatStream, Spending};
use domain::prompt::{Extent, estimated_tokens_of};
use domain::reply::FailureCode;

use super::{Generation, Outcome, Progress};
use crate::chain::Chain;

impl Generation<'_> {
    /// What the model is to be asked; how the reply ends instead, when it is not to be asked.
    pub(super) async fn begin(&self, progress: &mut Progress) -> Result<ChatRequest, Outcome> {
        let prepared = self.prepare(Extent::Whole, progress).await;
        let request = prepared.map_err(Outcome::Failed)?;
        if let Some(handoff) = progress.brief.as_ref().and_then(|brief| brief.handoff) {
            tracing::info!(
                reply.id = %self.reply.id,
                reason = handoff.reason.as_str(),
                "the question is handed off"
            );
            // Nothing is made from these.
            progress.brief = None;
            return Err(Outcome::HandedOff(handoff));
        }
        if !self.may_spend(&request).await.map_err(Outcome::Failed)? {
            tracing::warn!(reply.id = %self.reply.id, "a quota of tokens is used up");
            progress.brief = None;
            return Err(Outcome::OverQuota);
        }
        Ok(request)
    }

    /// Enters what the prompt costs, unless a quota is used up.
    async fn may_spend(&self, request: &ChatRequest) -> Result<bool, FailureCode> {
        let quotas = self.shared.settings.quotas;
        if !quotas.are_set() {
            return Ok(true);
        }
        let prompt = estimated_tokens_of(&request.turns);
        let spending = Spending {
            reply_id: self.reply.id,
            attempt: self.reply.attempt,
            user_id: self.reply.user_id,
            tokens: u64::try_from(prompt).unwrap_or(u64::MAX),
            at: self.shared.parts.clock.now(),
        };
        let granted = self.shared.parts.ledger.spend(spending, quotas).await;
        granted.map_err(|error| {
            tracing::error!(
                reply.id = %self.reply.id,
                error = %Chain(&error),
                "the quotas cannot be looked at"
            );
            FailureCode::Internal
        })
    }

    /// Begins an answer. A conversation that is too long for the model is shortened once.
    pub(super) async fn ask(
        &self,
        request: ChatRequest,
        progress: &mut Progress,
    ) -> Result<ChatStream, FailureCode> {
        let too_long = match self.send(request.clone(), progress).await {
            Ok(chunks) => return Ok(chunks),
            Err(error @ ChatModelError::ContextTooLong) => error,
            Err(error) => return Err(self.failure(&error)),
        };
        let shortened = self.prepare(Extent::Shortened, progress).await?;
        if shortened == request {
            return Err(self.failure(&too_long));
        }
        tracing::info!(reply.id = %self.reply.id, "the conversation is shortened");
        let asked = self.send(shortened, progress).await;
        asked.map_err(|error| self.failure(&error))
    }

    /// Asks the model, and meanwhile keeps what it is asked. That is repeated with the reply's end, so
    /// a store that cannot is no reason to give up.
    async fn send(
        &self,
        request: ChatRequest,
        progress: &Progress,
    ) -> Result<ChatStream, ChatModelError> {
        let asking = self.shared.parts.model.stream_reply(request);
        let Some(brief) = &progress.brief else {
            return asking.await;
        };
        let store = &self.shared.parts.store;
        let (asked, recorded) =
            tokio::join!(asking, store.record_prompt(self.lease, &brief.record));
        if let Err(error) = recorded {
            tracing::warn!(
                reply.id = %self.reply.id,
                error = %Chain(&error),
                "the prompt is not recorded yet"
            );
        }
        asked
    }

    async fn prepare(
        &self,
        extent: Extent,
        progress: &mut Progress,
    ) -> Result<ChatRequest, FailureCode> {
        match self.shared.parts.prepare.execute(self.reply, extent).await {
            Ok(brief) => {
                for broken in &brief.broken_templates {
                    tracing::warn!(
                        template.name = broken.template.name,
                        template.version = broken.template.version,
                        error = %Chain(&broken.error),
                        "a prompt template does not render and is passed over"
                    );
                }
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
}
