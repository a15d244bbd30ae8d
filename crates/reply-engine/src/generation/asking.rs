//! What comes before the model's first word: the rules, the quotas and the request.

use domain::ports::{ChatModelError, ChatRequest, ChatStream, Spending};
use domain::prompt::Extent;
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
        let prompt = request
            .turns
            .iter()
            .map(|turn| turn.content.chars().count());
        let spending = Spending {
            reply_id: self.reply.id,
            attempt: self.reply.attempt,
            user_id: self.reply.user_id,
            tokens: Spending::estimate(prompt.sum()),
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
}
