use chrono::{DateTime, Utc};
use domain::handoff::HandoffReason;
use domain::ids::{MessageId, OwnerId, QuestionId};
use domain::reply::{
    PromptDigest, Reply, ReplyState, Restart, RestartReason, Source, StateParts, TemplateRef,
    Tenure, Usage,
};

use super::ReplyRow;
use crate::columns::{known, parsed};
use crate::error::CorruptColumn;

impl ReplyRow {
    /// The reply as it stood at this time of the database's clock.
    pub(in crate::replies) fn into_reply(self, now: DateTime<Utc>) -> Result<Reply, CorruptColumn> {
        Ok(Reply {
            id: self.reply_id(),
            ticket_id: self.ticket_id(),
            user_id: self.user_id(),
            question: QuestionId::from_uuid(self.question_id),
            attempt: self.attempt,
            handovers: self.handovers,
            state: self.state()?,
            handoff: self.handoff()?,
            last_sequence: self.last_sequence,
            restart: self.restarted()?,
            tenure: self.tenure(now),
            template: self.template()?,
            prompt_digest: self.prompt_digest()?,
            sources: self.sources()?,
            usage: self.usage()?,
            created_at: self.created_at,
            attempt_started_at: self.attempt_started_at,
            first_token_at: self.first_token_at,
            ended_at: self.ended_at,
            text: self.text,
            model: self.model,
            model_served: self.model_served,
        })
    }

    /// Running, or how it ended.
    pub(in crate::replies) fn state(&self) -> Result<ReplyState, CorruptColumn> {
        let state = ReplyState::from_parts(StateParts {
            status: &self.status,
            message_id: self.message_id.map(MessageId::from_uuid),
            finish_reason: self.finish_reason.as_deref(),
            cancel_reason: self.cancel_reason.as_deref(),
            cancelled_by: self.cancelled_by.as_deref(),
            error_code: self.error_code.as_deref(),
        });
        known("replies.status", state)
    }

    pub(in crate::replies) fn handoff(&self) -> Result<Option<HandoffReason>, CorruptColumn> {
        self.handoff_reason
            .as_deref()
            .map(|name| known("replies.handoff_reason", HandoffReason::from_name(name)))
            .transpose()
    }

    fn restarted(&self) -> Result<Option<Restart>, CorruptColumn> {
        self.restart_sequence
            .map(|sequence| {
                let reason = self
                    .restart_reason
                    .as_deref()
                    .and_then(RestartReason::from_name);
                let reason = known("replies.restart_reason", reason)?;
                Ok(Restart { sequence, reason })
            })
            .transpose()
    }

    fn tenure(&self, now: DateTime<Utc>) -> Option<Tenure> {
        self.is_running().then_some(Tenure {
            owner: OwnerId::from_uuid(self.owner),
            expired: self.lease_until <= now,
        })
    }

    fn template(&self) -> Result<Option<TemplateRef>, CorruptColumn> {
        self.template_name
            .as_ref()
            .map(|name| {
                Ok(TemplateRef {
                    name: name.clone(),
                    version: known("replies.template_version", self.template_version)?,
                })
            })
            .transpose()
    }

    fn prompt_digest(&self) -> Result<Option<PromptDigest>, CorruptColumn> {
        let bytes = self.prompt_sha256.as_deref().map(<[u8; 32]>::try_from);
        let bytes = parsed("replies.prompt_sha256", bytes.transpose())?;
        Ok(bytes.map(PromptDigest::from_bytes))
    }

    fn sources(&self) -> Result<Vec<Source>, CorruptColumn> {
        parsed(
            "replies.sources",
            serde_json::from_value(self.sources.clone()),
        )
    }

    fn usage(&self) -> Result<Option<Usage>, CorruptColumn> {
        self.input_tokens
            .map(|input_tokens| {
                Ok(Usage {
                    input_tokens,
                    output_tokens: known("replies.output_tokens", self.output_tokens)?,
                })
            })
            .transpose()
    }
}
