//! The bodies as the service writes them: compact, with their keys in a fixed order.

mod chunk;
mod completion;
mod usage;

use bytes::Bytes;
use serde::Serialize;

use crate::{
    answer::Answer,
    error::{ErrorBody, ErrorDetail},
    identity::{Identity, hash},
    reply::{ChunkShape, ErrorForm, ToolCall},
    request::ChatRequest,
    transcript::Payload,
    wire::{
        chunk::{Chunk, ChunkChoice, Delta, XGroq, choice},
        completion::{Completion, CompletionChoice, Message},
        usage::Usage,
    },
};

/// What the chunks of one answer have in common.
#[derive(Debug)]
pub(crate) struct Envelope {
    identity: Identity,
    seed: i64,
    model: &'static str,
    system_fingerprint: String,
    reasoning_channel: Option<&'static str>,
    service_tier: String,
    usage: Usage,
    shape: ChunkShape,
}

/// `{"error": "message"}`
#[derive(Serialize)]
struct ErrorText<'a> {
    error: &'a str,
}

#[derive(Serialize)]
struct NumberedToolCall<'a> {
    id: String,
    r#type: &'static str,
    function: Function<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u64>,
}

#[derive(Serialize)]
struct Function<'a> {
    name: &'a str,
    arguments: &'a str,
}

impl Envelope {
    pub(crate) fn new(identity: Identity, request: &ChatRequest, answer: &Answer) -> Self {
        Self {
            seed: request.seed.unwrap_or(i64::from(identity.seed)),
            identity,
            model: request.model.id,
            system_fingerprint: format!("fp_{:010x}", hash(request.model.id) >> 24),
            reasoning_channel: request.model.reasoning_channel,
            service_tier: request.service_tier.clone(),
            usage: Usage::of(request.prompt_tokens, answer),
            shape: answer.chunk_shape,
        }
    }

    /// One event of the stream, or what stands in its place.
    pub(crate) fn event(&self, payload: &Payload) -> Bytes {
        let data = match payload {
            Payload::Raw(bytes) => return bytes.clone(),
            Payload::Error(error, ErrorForm::Event) => {
                let json = json(&ErrorBody { error });
                return Bytes::from(format!("event: error\ndata: {json}\n\n"));
            }
            Payload::Done => String::from("[DONE]"),
            Payload::Error(error, form) => self.error(error, *form),
            Payload::Usage => json(&Chunk {
                usage: Some(&self.usage),
                service_tier: Some(&self.service_tier),
                ..self.chunk(&[])
            }),
            Payload::Finish(reason) => json(&Chunk {
                x_groq: Some(XGroq {
                    usage: Some(&self.usage),
                    ..self.x_groq()
                }),
                usage: (self.shape == ChunkShape::Of2026).then_some(&self.usage),
                ..self.chunk(&[choice(Delta::default(), Some(reason))])
            }),
            Payload::Role => {
                let delta = Delta {
                    role: Some("assistant"),
                    content: Some(""),
                    ..Delta::default()
                };
                json(&Chunk {
                    x_groq: Some(XGroq {
                        seed: self.reported_seed(),
                        ..self.x_groq()
                    }),
                    ..self.chunk(&[choice(delta, None)])
                })
            }
            Payload::Reasoning(piece) => self.delta(Delta {
                reasoning: Some(piece),
                channel: self.reasoning_channel,
                ..Delta::default()
            }),
            Payload::Content(piece) => self.delta(Delta {
                content: Some(piece),
                ..Delta::default()
            }),
            Payload::ToolCalls(calls) => self.delta(Delta {
                tool_calls: self.tool_calls(calls, true),
                ..Delta::default()
            }),
        };
        Bytes::from(format!("data: {data}\n\n"))
    }

    /// The body of an answer that is not streamed.
    pub(crate) fn completion(&self, answer: &Answer) -> String {
        let called = !answer.tool_calls.is_empty();
        let message = Message {
            role: "assistant",
            content: (!called || !answer.pieces.is_empty()).then(|| answer.pieces.concat()),
            reasoning: (!answer.reasoning.is_empty()).then(|| answer.reasoning.concat()),
            tool_calls: self.tool_calls(&answer.tool_calls, false),
        };
        json(&Completion {
            id: &self.identity.completion_id,
            object: "chat.completion",
            created: self.identity.created,
            model: self.model,
            choices: [CompletionChoice {
                index: 0,
                message,
                logprobs: None,
                finish_reason: &answer.finish_reason,
            }],
            usage: &self.usage,
            usage_breakdown: None,
            system_fingerprint: &self.system_fingerprint,
            x_groq: XGroq {
                seed: self.reported_seed(),
                ..self.x_groq()
            },
            service_tier: &self.service_tier,
        })
    }

    fn error(&self, error: &ErrorDetail, form: ErrorForm) -> String {
        match form {
            ErrorForm::Event | ErrorForm::Object => json(&ErrorBody { error }),
            ErrorForm::Text => json(&ErrorText {
                error: error.message(),
            }),
            ErrorForm::XGroq => json(&Chunk {
                x_groq: Some(XGroq {
                    error: Some(error.message()),
                    ..self.x_groq()
                }),
                ..self.chunk(&[choice(Delta::default(), None)])
            }),
        }
    }

    fn delta(&self, delta: Delta<'_>) -> String {
        json(&self.chunk(&[choice(delta, None)]))
    }

    fn chunk<'a>(&'a self, choices: &'a [ChunkChoice<'a>]) -> Chunk<'a> {
        Chunk {
            id: &self.identity.completion_id,
            object: "chat.completion.chunk",
            created: self.identity.created,
            model: self.model,
            system_fingerprint: &self.system_fingerprint,
            choices,
            x_groq: None,
            usage: None,
            service_tier: None,
        }
    }

    fn x_groq(&self) -> XGroq<'_> {
        XGroq {
            id: &self.identity.request_id,
            seed: None,
            usage: None,
            error: None,
        }
    }

    fn reported_seed(&self) -> Option<i64> {
        (self.shape == ChunkShape::Of2026).then_some(self.seed)
    }

    fn tool_calls<'a>(&self, calls: &'a [ToolCall], indexed: bool) -> Vec<NumberedToolCall<'a>> {
        (0..)
            .zip(calls)
            .map(|(index, call)| NumberedToolCall {
                id: self.identity.tool_call_id(index),
                r#type: "function",
                function: Function {
                    name: &call.name,
                    arguments: &call.arguments,
                },
                index: indexed.then_some(index),
            })
            .collect()
    }
}

/// A body that is not part of a stream; the service ends those with a line feed.
pub(crate) fn json_line<T: Serialize>(value: &T) -> String {
    json(value) + "\n"
}

#[expect(
    clippy::expect_used,
    reason = "structs of strings and numbers cannot fail to serialise"
)]
fn json<T: Serialize>(value: &T) -> String {
    let json = serde_json::to_string(value).expect("the bodies of this module serialise");
    // As Go's encoder does. The characters occur within strings only.
    if json.contains(['<', '>', '&']) {
        json.replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace('&', "\\u0026")
    } else {
        json
    }
}
