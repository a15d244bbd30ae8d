//! A reply as JSON.

use chrono::{DateTime, Utc};
use domain::ids::MessageId;
use domain::reply::{Ending, FailureCode, Reply, ReplyState, Source};
use serde::Serialize;
use uuid::Uuid;

/// A reply as it stands, in terminal events and as the JSON state.
#[derive(Serialize)]
pub(crate) struct ReplyResponse<'a> {
    id: Uuid,
    status: &'static str,
    ticket_id: Uuid,
    in_reply_to: Option<Uuid>,
    attempt: i32,
    model: &'a str,
    created_at: DateTime<Utc>,
    output_text: &'a str,
    message_id: Option<Uuid>,
    finish_reason: Option<&'static str>,
    usage: Option<UsageResponse>,
    sources: &'a [Source],
    timings: TimingsResponse,
    #[serde(skip_serializing_if = "Option::is_none")]
    incomplete_details: Option<IncompleteDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled_by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorDetails>,
}

#[derive(Serialize)]
#[expect(
    clippy::struct_field_names,
    reason = "these are the members' names on the wire"
)]
struct UsageResponse {
    input_tokens: i64,
    output_tokens: i64,
    total_tokens: i64,
}

/// Milliseconds since the present attempt was claimed.
#[derive(Serialize)]
struct TimingsResponse {
    first_token_ms: Option<i64>,
    total_ms: Option<i64>,
}

#[derive(Serialize)]
struct IncompleteDetails {
    reason: &'static str,
}

#[derive(Serialize)]
struct ErrorDetails {
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
