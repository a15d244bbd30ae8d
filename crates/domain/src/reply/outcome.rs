use crate::ids::MessageId;
use crate::names::named;

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

/// A state as stores keep it: the status' name and the values that go with some of them.
#[derive(Clone, Copy, Debug)]
pub struct StateParts<'a> {
    /// What [`ReplyState::status`] says.
    pub status: &'a str,
    /// The message that an answer became.
    pub message_id: Option<MessageId>,
    /// A [`FinishReason`]'s name, of an answer.
    pub finish_reason: Option<&'a str>,
    /// A [`CancelReason`]'s name, of what was cancelled.
    pub cancel_reason: Option<&'a str>,
    /// A [`CancelledBy`]'s name, of what was cancelled.
    pub cancelled_by: Option<&'a str>,
    /// A [`FailureCode`]'s name, of what failed.
    pub error_code: Option<&'a str>,
}

impl ReplyState {
    /// Puts a state together again; none when the parts do not fit.
    pub fn from_parts(parts: StateParts<'_>) -> Option<Self> {
        let finish_reason = parts.finish_reason.and_then(FinishReason::from_name);
        let ending = match parts.status {
            "queued" => return Some(Self::Queued),
            "streaming" => return Some(Self::Streaming),
            "completed" => Ending::Completed {
                message_id: parts.message_id?,
                finish_reason: finish_reason?,
            },
            "incomplete" => Ending::Incomplete {
                message_id: parts.message_id?,
                reason: IncompleteReason::of(finish_reason?)?,
            },
            "cancelled" => Ending::Cancelled {
                reason: CancelReason::from_name(parts.cancel_reason?)?,
                by: CancelledBy::from_name(parts.cancelled_by?)?,
            },
            "failed" => Ending::Failed {
                code: FailureCode::from_name(parts.error_code?)?,
            },
            _ => return None,
        };
        Some(Self::Ended(ending))
    }

    /// Whether it is a failure that another attempt may mend.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Ended(Ending::Failed { code }) if code.is_retryable())
    }

    /// Whether it is an end without an answer: a failure or a cancellation.
    pub const fn has_ended_unanswered(&self) -> bool {
        matches!(
            self,
            Self::Ended(Ending::Failed { .. } | Ending::Cancelled { .. })
        )
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
    /// What the model's word for it means; none for the end of a whole answer.
    pub const fn of(finish_reason: FinishReason) -> Option<Self> {
        match finish_reason {
            FinishReason::Length => Some(Self::MaxOutputTokens),
            FinishReason::ContentFilter => Some(Self::ContentFilter),
            FinishReason::Stop | FinishReason::Other => None,
        }
    }

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

impl FailureCode {
    /// Whether the model's host is what went wrong.
    pub const fn is_upstream(self) -> bool {
        matches!(
            self,
            Self::UpstreamRateLimited
                | Self::UpstreamTimeout
                | Self::UpstreamUnavailable
                | Self::UpstreamRejected
        )
    }
}

/// Why the text of an attempt was given up for a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestartReason {
    /// The process that generated it went away.
    OwnerLost,
    /// The attempt before it ended without an answer and somebody asked again.
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn every_state_survives_its_parts_and_no_other_parts_make_one() {
        let message_id = MessageId::from_uuid(Uuid::from_u128(1));
        let parts = StateParts {
            status: "queued",
            message_id: Some(message_id),
            finish_reason: Some("length"),
            cancel_reason: Some("handoff"),
            cancelled_by: Some("agent"),
            error_code: Some("interrupted"),
        };
        for status in [
            "queued",
            "streaming",
            "completed",
            "incomplete",
            "cancelled",
            "failed",
        ] {
            let state = ReplyState::from_parts(StateParts { status, ..parts });
            assert_eq!(state.map(|state| state.status()), Some(status));
        }
        let bare = StateParts {
            message_id: None,
            finish_reason: None,
            cancel_reason: None,
            cancelled_by: None,
            error_code: None,
            ..parts
        };
        for status in ["completed", "incomplete", "cancelled", "failed", "lost"] {
            assert_eq!(
                ReplyState::from_parts(StateParts { status, ..bare }),
                None,
                "{status}"
            );
        }
    }

    #[test]
    fn reasons_of_incompleteness_are_told_by_their_finish_reasons() {
        for reason in [
            IncompleteReason::MaxOutputTokens,
            IncompleteReason::ContentFilter,
        ] {
            assert_eq!(IncompleteReason::of(reason.finish_reason()), Some(reason));
        }
        assert_eq!(IncompleteReason::of(FinishReason::Stop), None);
    }
}
