//! Frames of a reading as events. An event's name is repeated in its data, since simple clients
//! read data lines only; no event is named `error`, which browsers deliver like a lost connection.

use actix_web_lab::sse;
use chrono::{DateTime, Utc};
use domain::ids::{MessageId, ReplyId};
use domain::reply::{Ending, EventId, Position, Reply, ReplyState};
use reply_engine::{ClosingReason, Frame};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::wire::ReplyResponse;
use crate::openapi::names;

#[derive(Serialize)]
struct Data<T> {
    r#type: &'static str,
    sequence_number: i64,
    response_id: Option<Uuid>,
    #[serde(flatten)]
    payload: T,
}

#[derive(Serialize)]
struct Response<T> {
    response: T,
}

/// A reply at the beginning of an attempt.
#[derive(Serialize, ToSchema)]
#[schema(as = StartedReply)]
pub(crate) struct CreatedResponse<'a> {
    id: Uuid,
    #[schema(example = "streaming")]
    status: &'static str,
    ticket_id: Uuid,
    #[schema(required = true)]
    in_reply_to: Option<Uuid>,
    attempt: i32,
    model: &'a str,
    created_at: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Delta<'a> {
    delta: &'a str,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Snapshot<'a> {
    text: &'a str,
    #[schema(value_type = names::ReplyStatus)]
    status: &'a str,
    attempt: i32,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Restarted {
    attempt: i32,
    #[schema(value_type = names::RestartReason)]
    reason: &'static str,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Closing {
    /// `shutdown` or `access_lost`.
    #[schema(example = "shutdown")]
    reason: &'static str,
    #[schema(value_type = u64)]
    reconnect_ms: u128,
}

/// Encodes the frames of one reading.
pub(super) struct Encoder {
    reply_id: Option<ReplyId>,
    last_sequence: i64,
}

impl Encoder {
    pub(super) const fn new(reply_id: Option<ReplyId>) -> Self {
        Self {
            reply_id,
            last_sequence: 0,
        }
    }

    pub(super) fn encode(&mut self, frame: &Frame) -> sse::Data {
        match frame {
            Frame::Created(reply) => {
                let sequence = reply.restart.map_or(0, |restart| restart.sequence);
                let position = Position {
                    attempt: reply.attempt,
                    sequence,
                    offset: 0,
                };
                self.logged(
                    position,
                    "response.created",
                    Response {
                        response: created(reply),
                    },
                )
            }
            Frame::Snapshot {
                position,
                status,
                text,
            } => {
                let attempt = position.attempt;
                self.logged(
                    *position,
                    "response.snapshot",
                    Snapshot {
                        text,
                        status,
                        attempt,
                    },
                )
            }
            Frame::Delta { position, text } => self.logged(
                *position,
                "response.output_text.delta",
                Delta { delta: text },
            ),
            Frame::Restarted { position, reason } => {
                let payload = Restarted {
                    attempt: position.attempt,
                    reason: reason.as_str(),
                };
                self.logged(*position, "response.restarted", payload)
            }
            Frame::Ended(reply) => {
                let position = Position {
                    attempt: reply.attempt,
                    sequence: reply.last_sequence,
                    offset: reply.text.len(),
                };
                let payload = Response {
                    response: ReplyResponse::new(reply),
                };
                self.logged(position, terminal_name(reply), payload)
            }
            Frame::Closing { reason, reconnect } => {
                let payload = Closing {
                    reason: match reason {
                        ClosingReason::Shutdown => "shutdown",
                        ClosingReason::AccessLost => "access_lost",
                    },
                    reconnect_ms: reconnect.as_millis(),
                };
                // No id: it is not in the log, and clients come back for what follows it.
                self.event("stream.closing", payload)
            }
        }
    }

    fn logged(
        &mut self,
        position: Position,
        name: &'static str,
        payload: impl Serialize,
    ) -> sse::Data {
        self.last_sequence = position.sequence;
        let event = self.event(name, payload);
        match self.reply_id {
            Some(reply_id) => event.id(EventId { reply_id, position }.to_string()),
            None => event,
        }
    }

    fn event(&self, name: &'static str, payload: impl Serialize) -> sse::Data {
        let data = Data {
            r#type: name,
            sequence_number: self.last_sequence,
            response_id: self.reply_id.map(ReplyId::as_uuid),
            payload,
        };
        let json = serde_json::to_string(&data).unwrap_or_default();
        sse::Data::new(escape_line_breaks(json)).event(name)
    }
}

fn created(reply: &Reply) -> CreatedResponse<'_> {
    CreatedResponse {
        id: reply.id.as_uuid(),
        // As it was at that moment, also when it is told later.
        status: ReplyState::Streaming.status(),
        ticket_id: reply.ticket_id.as_uuid(),
        in_reply_to: reply
            .question
            .in_reply_to(reply.ticket_id)
            .map(MessageId::as_uuid),
        attempt: reply.attempt,
        model: &reply.model,
        created_at: reply.created_at,
    }
}

fn terminal_name(reply: &Reply) -> &'static str {
    match reply.state {
        ReplyState::Ended(Ending::Completed { .. }) => "response.completed",
        ReplyState::Ended(Ending::Incomplete { .. }) => "response.incomplete",
        ReplyState::Ended(Ending::Cancelled { .. }) => "response.cancelled",
        ReplyState::Ended(Ending::Failed { .. }) | ReplyState::Queued | ReplyState::Streaming => {
            "response.failed"
        }
    }
}

/// Escapes the characters that JSON leaves raw and many clients take for the end of a line. In
/// JSON they only occur inside strings.
fn escape_line_breaks(json: String) -> String {
    if !json.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
        return json;
    }
    json.replace('\u{85}', "\\u0085")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unicode_line_breaks_are_escaped() {
        let text = "a\u{2028}b\u{2029}c\u{85}d";
        let json = escape_line_breaks(serde_json::to_string(text).unwrap());
        assert_eq!(json, r#""a\u2028b\u2029c\u0085d""#);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
