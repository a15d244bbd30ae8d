use chrono::{DateTime, Utc};

use super::{
    FailureCode, FinishReason, IncompleteReason, PromptDigest, Source, TemplateRef, Usage,
};
use crate::handoff::HandoffReason;
use crate::ids::MessageId;
use crate::ports::ClaimRequest;

/// How a generation ended, as its owner saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Answered.
    Completed {
        /// Why the model stopped.
        finish_reason: FinishReason,
        /// Why people take over with this answer, if they do.
        handoff: Option<HandoffReason>,
    },
    /// Cut off.
    Incomplete {
        /// By what.
        reason: IncompleteReason,
    },
    /// Not generated: a quota of tokens is used up.
    OverQuota,
    /// Went wrong.
    Failed {
        /// What did.
        code: FailureCode,
    },
}

impl Verdict {
    /// What becomes a message.
    pub(crate) const fn answer(self) -> Option<Answer> {
        match self {
            Self::Completed { finish_reason, .. } => Some(Answer {
                finish_reason,
                is_complete: true,
            }),
            Self::Incomplete { reason } => Some(Answer {
                finish_reason: reason.finish_reason(),
                is_complete: false,
            }),
            Self::OverQuota | Self::Failed { .. } => None,
        }
    }

    /// Why people take over after an attempt of which so many were used, if they do.
    pub(crate) const fn handoff(self, attempts_used: i32) -> Option<HandoffReason> {
        match self {
            Self::Completed { handoff, .. } => handoff,
            Self::Incomplete { .. } => None,
            Self::OverQuota => Some(HandoffReason::Quota),
            Self::Failed { code } => {
                // What the host refuses is not asked again unasked, so no later attempt will say so.
                let is_last = attempts_used >= ClaimRequest::MAX_ATTEMPTS || !code.is_retryable();
                if code.is_upstream() && is_last {
                    Some(HandoffReason::UpstreamDown)
                } else {
                    None
                }
            }
        }
    }
}

/// Everything that is stored when a generation ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// How it ended.
    pub verdict: Verdict,
    /// The id of the message that an answer becomes.
    pub message_id: MessageId,
    /// The model that says it answered.
    pub model_served: Option<String>,
    /// The prompt it was made from; none when it failed before there was one.
    pub template: Option<TemplateRef>,
    /// What was rendered from that, in short.
    pub prompt_digest: Option<PromptDigest>,
    /// The passages it was given.
    pub sources: Vec<Source>,
    /// Tokens spent.
    pub usage: Option<Usage>,
    /// When the first text came.
    pub first_token_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: DateTime<Utc>,
}

/// What of a conclusion becomes a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Why the model stopped.
    pub finish_reason: FinishReason,
    /// Whether the model had said everything.
    pub is_complete: bool,
}
