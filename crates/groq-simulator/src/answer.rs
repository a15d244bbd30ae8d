use std::time::Duration;

use crate::{
    config::Config,
    reply::{ChunkShape, Content, Reply, ToolCall},
    request::{ChatRequest, ReasoningFormat},
    text,
};

/// The words of an answer and their pace, with everything decided that a request, a script and
/// the configuration have a say in.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) reasoning: Vec<String>,
    pub(crate) pieces: Vec<String>,
    pub(crate) tool_calls: Vec<ToolCall>,
    pub(crate) finish_reason: String,
    pub(crate) first_token_after: Duration,
    pub(crate) interval: Duration,
    pub(crate) cached_tokens: u32,
    pub(crate) chunk_shape: ChunkShape,
}

impl Answer {
    pub(crate) fn compose(reply: &Reply, request: &ChatRequest, config: &Config) -> Self {
        let mut answer = Self {
            reasoning: reply.reasoning.clone(),
            pieces: Vec::new(),
            tool_calls: reply.tool_calls.clone(),
            finish_reason: String::from("stop"),
            first_token_after: reply.first_token_after.unwrap_or(config.first_token_after),
            interval: interval(reply.tokens_per_second.unwrap_or(config.tokens_per_second)),
            cached_tokens: reply.cached_tokens,
            chunk_shape: reply.chunk_shape.unwrap_or(config.chunk_shape),
        };
        if !answer.tool_calls.is_empty() {
            answer.finish_reason = String::from("tool_calls");
        }
        match &reply.content {
            Content::Derived if !answer.tool_calls.is_empty() => {}
            Content::Derived => answer.derive(request, config),
            Content::Text(text) => answer.pieces = text::pieces(text),
            Content::Pieces(pieces) => answer.pieces.clone_from(pieces),
        }
        answer.place_reasoning(request.reasoning);
        if let Some(reason) = &reply.finish_reason {
            answer.finish_reason.clone_from(reason);
        }
        answer
    }

    pub(crate) fn tokens(&self) -> u32 {
        let calls = self.tool_calls.iter();
        let arguments = calls.map(|call| text::pieces(&call.arguments).len());
        let tokens = self.reasoning.len() + self.pieces.len() + arguments.sum::<usize>();
        u32::try_from(tokens).unwrap_or(u32::MAX)
    }

    /// Writes the answer that was not scripted. It alone heeds `stop` and the token budget: a
    /// script is sent as it stands.
    fn derive(&mut self, request: &ChatRequest, config: &Config) {
        if config.reasoning && self.reasoning.is_empty() {
            self.reasoning = text::support_reasoning();
        }
        let written = text::support_answer(&request.last_user_text, config.seed);
        let mut pieces = text::pieces(&written);
        if let Some(tokens) = config.answer_tokens {
            pieces = text::fit(pieces, tokens);
        }
        let whole = pieces.concat();
        let end = request
            .stop
            .iter()
            .filter_map(|stop| whole.find(stop.as_str()))
            .min();
        if let Some(before) = end.and_then(|end| whole.get(..end)) {
            pieces = text::pieces(before);
        }

        let budget = request.max_completion_tokens();
        if self.reasoning.len() + pieces.len() > budget {
            self.finish_reason = String::from("length");
            self.reasoning.truncate(budget);
            pieces.truncate(budget - self.reasoning.len());
        }
        self.pieces = pieces;
    }

    fn place_reasoning(&mut self, format: ReasoningFormat) {
        match format {
            ReasoningFormat::Parsed => {}
            ReasoningFormat::Hidden => self.reasoning.clear(),
            ReasoningFormat::Raw if self.reasoning.is_empty() => {}
            ReasoningFormat::Raw => {
                let mut pieces = vec![String::from("<think>\n")];
                pieces.append(&mut self.reasoning);
                pieces.push(String::from("\n</think>\n\n"));
                pieces.append(&mut self.pieces);
                self.pieces = pieces;
            }
        }
    }
}

fn interval(tokens_per_second: f64) -> Duration {
    Duration::try_from_secs_f64(tokens_per_second.recip()).unwrap_or(Duration::ZERO)
}
