//! A reply as JSON.

use chrono::{DateTime, Utc};
use domain::ids::MessageId;
use domain::reply::{Ending, FailureCode, Reply, ReplyState, Source};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::openapi::answers::SourceRef;
use crate::openapi::names;

/// A reply as it stands, in terminal events and as the JSON state.
#[derive(Serialize, ToSchema)]
#[schema(as = Reply)]
pub(crate) struct ReplyResponse<'a> {
    id: Uuid,
    #[schema(value_type = names::ReplyStatus)]
    status: &'static str,
    ticket_id: Uuid,
    /// The message it answers, null for the description.
    #[schema(required = true)]
    in_reply_to: Option<Uuid>,
    attempt: i32,
    #[schema(example = "openai/gpt-oss-20b")]
    model: &'a str,
    created_at: DateTime<Utc>,
    output_text: &'a str,
    /// The message that it became.
    #[schema(required = true)]
    message_id: Option<Uuid>,
    #[schema(required = true, value_type = Option<names::FinishReason>)]
    finish_reason: Option<&'static str>,
    #[schema(required = true)]
    usage: Option<UsageResponse>,
    /// The passages of help articles that it was given.
    #[schema(value_type = Vec<SourceRef>)]
    sources: &'a [Source],
    timings: TimingsResponse,
    #[serde(skip_serializing_if = "Option::is_none")]
    incomplete_details: Option<IncompleteDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<names::CancelledBy>)]
    cancelled_by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// Why it was cancelled.
    #[schema(value_type = Option<names::CancelReason>)]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorDetails>,
}

#[derive(Serialize, ToSchema)]
#[expect(
    clippy::struct_field_names,
    reason = "these are the members' names on the wire"
)]
#[schema(as = Usage)]
struct UsageResponse {
    input_tokens: i64,
    output_tokens: i64,
    total_tokens: i64,
}

/// Milliseconds since the present attempt was claimed.
#[derive(Serialize, ToSchema)]
#[schema(as = Timings)]
struct TimingsResponse {
    #[schema(required = true)]
    first_token_ms: Option<i64>,
    #[schema(required = true)]
    total_ms: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct IncompleteDetails {
    #[schema(value_type = names::IncompleteReason)]
    reason: &'static str,
}

#[derive(Serialize, ToSchema)]
struct ErrorDetails {
    #[schema(value_type = names::FailureCode)]
    code: &'static str,
    message: &'static str,
    retryable: bool,
}

impl<'a> ReplyResponse<'a> {
    pub(crate) fn new(reply: &'a Reply) -> Self {
        let since_start = |at: DateTime<Utc>| (at - reply.attempt_started_at).num_milliseconds();
        let mut response = Self {
            id: reply.id.as_uuid(),
            status: reply.state.status(),
            ticket_id: reply.ticket_id.as_uuid(),
            in_reply_to: reply
                .question
                .in_reply_to(reply.ticket_id)
                .map(MessageId::as_uuid),
            attempt: reply.attempt,
            model: reply.model_served.as_deref().unwrap_or(&reply.model),
            created_at: reply.created_at,
            output_text: &reply.text,
            message_id: None,
            finish_reason: None,
            usage: reply.usage.map(|usage| UsageResponse {
                input_tokens: usage.input_tokens,
                output_tokens: usage.output_tokens,
                total_tokens: usage.input_tokens + usage.output_tokens,
            }),
            sources: &reply.sources,
            timings: TimingsResponse {
                first_token_ms: reply.first_token_at.map(since_start),
                total_ms: reply.ended_at.map(since_start),
            },
            incomplete_details: None,
            cancelled_by: None,
            reason: None,
            error: None,
        };
        if let ReplyState::Ended(ending) = &reply.state {
            response.set_ending(ending);
        }
        response
    }

    fn set_ending(&mut self, ending: &Ending) {
        match *ending {
            Ending::Completed {
                message_id,
                finish_reason,
            } => {
                self.message_id = Some(message_id.as_uuid());
                self.finish_reason = Some(finish_reason.as_str());
            }
            Ending::Incomplete { message_id, reason } => {
                self.message_id = Some(message_id.as_uuid());
                self.finish_reason = Some(reason.finish_reason().as_str());
                self.incomplete_details = Some(IncompleteDetails {
                    reason: reason.as_str(),
                });
            }
            Ending::Cancelled { reason, by } => {
                self.cancelled_by = Some(by.as_str());
                self.reason = Some(reason.as_str());
            }
            Ending::Failed { code } => {
                self.error = Some(ErrorDetails {
                    code: code.as_str(),
                    message: explain(code),
                    retryable: code.is_retryable(),
                });
            }
        }
    }
}

/// What readers are told of a failure; nothing of the upstream's own words.
const fn explain(code: FailureCode) -> &'static str {
    match code {
        FailureCode::UpstreamRateLimited => "The assistant has too much to do right now.",
        FailureCode::UpstreamTimeout => "The assistant did not answer in time.",
        FailureCode::UpstreamUnavailable => "The assistant cannot be reached right now.",
        FailureCode::UpstreamRejected => "The assistant is not set up correctly.",
        FailureCode::ContextTooLong => "The conversation is too long for the assistant.",
        FailureCode::ContentRefused => "The assistant will not answer this.",
        FailureCode::Interrupted => "The answer was interrupted.",
        FailureCode::Internal => "Something went wrong while answering.",
    }
}
