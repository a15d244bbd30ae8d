//! The bodies as the service writes them: compact, with their keys in a fixed order.

mod usage;

use bytes::Bytes;
use serde::Serialize;

use crate::{
    answer::Answer,
    error::ErrorBody,
    identity::{Identity, hash},
    request::ChatRequest,
    transcript::Payload,
    wire::usage::Usage,
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
}

#[derive(Serialize)]
struct Chunk<'a> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'static str,
    system_fingerprint: &'a str,
    choices: &'a [ChunkChoice<'a>],
    #[serde(skip_serializing_if = "Option::is_none")]
    x_groq: Option<XGroq<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<&'a Usage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_tier: Option<&'a str>,
}

#[derive(Serialize)]
struct ChunkChoice<'a> {
    index: u32,
    delta: Delta<'a>,
    logprobs: Option<()>,
    finish_reason: Option<&'a str>,
}

#[derive(Default, Serialize)]
struct Delta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'static str>,
}

#[derive(Serialize)]
struct XGroq<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<&'a Usage>,
}

#[derive(Serialize)]
struct Completion<'a> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'static str,
    choices: [CompletionChoice<'a>; 1],
    usage: &'a Usage,
    usage_breakdown: Option<()>,
    system_fingerprint: &'a str,
    x_groq: XGroq<'a>,
    service_tier: &'a str,
}

#[derive(Serialize)]
struct CompletionChoice<'a> {
    index: u32,
    message: Message,
    logprobs: Option<()>,
    finish_reason: &'a str,
}

#[derive(Serialize)]
struct Message {
    role: &'static str,
    content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<String>,
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
        }
    }

    /// One event of the stream.
    pub(crate) fn event(&self, payload: &Payload) -> Bytes {
        let json = match payload {
            Payload::Role => {
                let delta = Delta {
                    role: Some("assistant"),
                    content: Some(""),
                    ..Delta::default()
                };
                let seeded = XGroq {
                    id: self.request_id(),
                    seed: Some(self.seed),
                    usage: None,
                };
                json(&Chunk {
                    x_groq: Some(seeded),
                    ..self.chunk(&[choice(delta, None)])
                })
            }
            Payload::Reasoning(piece) => {
                let delta = Delta {
                    reasoning: Some(piece),
                    channel: self.reasoning_channel,
                    ..Delta::default()
                };
                json(&self.chunk(&[choice(delta, None)]))
            }
            Payload::Content(piece) => {
                let delta = Delta {
                    content: Some(piece),
                    ..Delta::default()
                };
                json(&self.chunk(&[choice(delta, None)]))
            }
            Payload::Finish(reason) => {
                let used = XGroq {
                    id: self.request_id(),
                    seed: None,
                    usage: Some(&self.usage),
                };
                json(&Chunk {
                    x_groq: Some(used),
                    usage: Some(&self.usage),
                    ..self.chunk(&[choice(Delta::default(), Some(reason))])
                })
            }
            Payload::Usage => json(&Chunk {
                usage: Some(&self.usage),
                service_tier: Some(&self.service_tier),
                ..self.chunk(&[])
            }),
            Payload::Done => String::from("[DONE]"),
            Payload::Error(error) => {
                let json = json(&ErrorBody { error });
                return Bytes::from(format!("event: error\ndata: {json}\n\n"));
            }
        };
        Bytes::from(format!("data: {json}\n\n"))
    }

    /// The body of an answer that is not streamed.
    pub(crate) fn completion(&self, answer: &Answer) -> String {
        let message = Message {
            role: "assistant",
            content: answer.pieces.concat(),
            reasoning: (!answer.reasoning.is_empty()).then(|| answer.reasoning.concat()),
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
                id: self.request_id(),
                seed: Some(self.seed),
                usage: None,
            },
            service_tier: &self.service_tier,
        })
    }

    fn request_id(&self) -> &str {
        &self.identity.request_id
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
}

/// A body that is not part of a stream; the service ends those with a line feed.
pub(crate) fn json_line<T: Serialize>(value: &T) -> String {
    json(value) + "\n"
}

fn choice<'a>(delta: Delta<'a>, finish_reason: Option<&'a str>) -> ChunkChoice<'a> {
    ChunkChoice {
        index: 0,
        delta,
        logprobs: None,
        finish_reason,
    }
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
