use serde::Serialize;

use crate::wire::{NumberedToolCall, chunk::XGroq, usage::Usage};

#[derive(Serialize)]
pub(super) struct Completion<'a> {
    pub(super) id: &'a str,
    pub(super) object: &'static str,
    pub(super) created: u64,
    pub(super) model: &'static str,
    pub(super) choices: [CompletionChoice<'a>; 1],
    pub(super) usage: &'a Usage,
    pub(super) usage_breakdown: Option<()>,
    pub(super) system_fingerprint: &'a str,
    pub(super) x_groq: XGroq<'a>,
    pub(super) service_tier: &'a str,
}

#[derive(Serialize)]
pub(super) struct CompletionChoice<'a> {
    pub(super) index: u32,
    pub(super) message: Message<'a>,
    pub(super) logprobs: Option<()>,
    pub(super) finish_reason: &'a str,
}

#[derive(Serialize)]
pub(super) struct Message<'a> {
    pub(super) role: &'static str,
    /// Absent beside tool calls if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reasoning: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tool_calls: Vec<NumberedToolCall<'a>>,
}
