use domain::ports::{ChatRequest, ChatRole};
use serde::Serialize;

/// The body of a request. Groq's schema is closed: a field that it does not know, here or in a
/// message, is a refusal.
#[derive(Serialize)]
pub(crate) struct CompletionRequest<'a> {
    model: &'a str,
    messages: Vec<Message<'a>>,
    // Not `stream_options`: the usage comes with the finish reason anyway, and not every version
    // of the API has taken it.
    stream: bool,
    max_completion_tokens: u32,
    /// Models without reasoning refuse any value.
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<&'a str>,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a str,
}

impl<'a> CompletionRequest<'a> {
    pub(crate) fn new(
        model: &'a str,
        reasoning_effort: Option<&'a str>,
        request: &'a ChatRequest,
    ) -> Self {
        let messages = request.turns.iter().map(|turn| Message {
            role: match turn.role {
                ChatRole::System => "system",
                ChatRole::User => "user",
                ChatRole::Assistant => "assistant",
            },
            content: &turn.content,
        });
        Self {
            model,
            messages: messages.collect(),
            stream: true,
            max_completion_tokens: request.max_completion_tokens,
            reasoning_effort,
        }
    }
}
