use chrono::{DateTime, Utc};

use super::names::named;
use super::{Source, TemplateRef};
use crate::ids::MessageId;

/// Running, or how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyState {
    /// Waits for a process to take it up.
    Queued,
    /// Being generated.
    Streaming,
    /// At its end.
    Ended(Ending),
}

impl ReplyState {
    /// The status' name as it is stored and shown.
    pub const fn status(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Streaming => "streaming",
            Self::Ended(Ending::Completed { .. }) => "completed",
            Self::Ended(Ending::Incomplete { .. }) => "incomplete",
            Self::Ended(Ending::Cancelled { .. }) => "cancelled",
            Self::Ended(Ending::Failed { .. }) => "failed",
        }
    }
}

/// How a reply ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The whole answer became a message.
    Completed {
        /// That message.
        message_id: MessageId,
        /// Why the model stopped.
        finish_reason: FinishReason,
    },
    /// The answer was cut off; what there is became a message.
    Incomplete {
        /// That message.
        message_id: MessageId,
        /// What cut it off.
        reason: IncompleteReason,
    },
    /// Somebody stopped it; its text stays on the reply.
    Cancelled {
        /// Why.
        reason: CancelReason,
        /// Whose doing it was.
        by: CancelledBy,
    },
    /// It went wrong; its text stays on the reply.
    Failed {
        /// What went wrong.
        code: FailureCode,
    },
}

/// Why a model stopped by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinishReason {
    /// It had said everything.
    Stop,
    /// The token limit was reached.
    Length,
    /// A filter cut it off.
    ContentFilter,
    /// A reason that this program does not know.
    Other,
}
named!(FinishReason {
    Stop = "stop",
    Length = "length",
    ContentFilter = "content_filter",
    Other = "other",
});

/// What cut an answer off, in the words of OpenAI's Responses API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncompleteReason {
    /// The token limit.
    MaxOutputTokens,
    /// A filter.
    ContentFilter,
}
named!(IncompleteReason {
    MaxOutputTokens = "max_output_tokens",
    ContentFilter = "content_filter",
});

impl IncompleteReason {
    /// The model's own word for it.
    pub const fn finish_reason(self) -> FinishReason {
        match self {
            Self::MaxOutputTokens => FinishReason::Length,
            Self::ContentFilter => FinishReason::ContentFilter,
        }
    }
}

/// Why a reply was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelReason {
    /// Somebody pressed stop.
    User,
    /// People took over.
    Handoff,
    /// The customer wrote again.
    Superseded,
    /// The ticket was closed.
    Closed,
    /// A quota was used up.
    Quota,
}
named!(CancelReason {
    User = "user",
    Handoff = "handoff",
    Superseded = "superseded",
    Closed = "closed",
    Quota = "quota",
});

/// On whose side a cancellation was caused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelledBy {
    /// The ticket's owner.
    Customer,
    /// Support staff.
    Agent,
    /// A rule of the program.
    System,
}
named!(CancelledBy {
    Customer = "customer",
    Agent = "agent",
    System = "system",
});

/// What went wrong with a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureCode {
    /// The model's host wants fewer requests.
    UpstreamRateLimited,
    /// No sign of life in time.
    UpstreamTimeout,
    /// Unreachable, broken off or incomprehensible.
    UpstreamUnavailable,
    /// The host refuses this request or this key.
    UpstreamRejected,
    /// The conversation does not fit the model.
    ContextTooLong,
    /// The host will not answer this content.
    ContentRefused,
    /// The process that generated it went away, twice.
    Interrupted,
    /// A fault of this program.
    Internal,
}
named!(FailureCode {
    UpstreamRateLimited = "upstream_rate_limited",
    UpstreamTimeout = "upstream_timeout",
    UpstreamUnavailable = "upstream_unavailable",
    UpstreamRejected = "upstream_rejected",
    ContextTooLong = "context_too_long",
    ContentRefused = "content_refused",
    Interrupted = "interrupted",
    Internal = "internal",
});

impl FailureCode {
    /// Whether asking again, unchanged, may go better.
    pub const fn is_retryable(self) -> bool {
        match self {
            Self::UpstreamRateLimited
            | Self::UpstreamTimeout
            | Self::UpstreamUnavailable
            | Self::Interrupted
            | Self::Internal => true,
            Self::UpstreamRejected | Self::ContextTooLong | Self::ContentRefused => false,
        }
    }
}

/// Why the text of an attempt was given up for a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestartReason {
    /// The process that generated it went away.
    OwnerLost,
    /// The attempt before it failed and somebody asked again.
    Retry,
}
named!(RestartReason { OwnerLost = "owner_lost", Retry = "retry" });

/// Tokens that an answer cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the prompt.
    pub input_tokens: i64,
    /// Tokens generated, reasoning included.
    pub output_tokens: i64,
}

/// How a generation ended, as its owner saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Answered.
    Completed {
        /// Why the model stopped.
        finish_reason: FinishReason,
        /// Whether the assistant hands over to people with this answer.
        hands_off: bool,
    },
    /// Cut off.
    Incomplete {
        /// By what.
        reason: IncompleteReason,
    },
    /// Went wrong.
    Failed {
        /// What did.
        code: FailureCode,
    },
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
