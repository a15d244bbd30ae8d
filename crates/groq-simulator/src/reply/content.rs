use clap::ValueEnum;
use serde::Deserialize;

use crate::reply::Reply;

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Content {
    /// The answer the simulator would give unasked.
    #[default]
    Derived,
    Text(String),
    Pieces(Vec<String>),
}

/// A call of one of the client's functions, which comes in one delta.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ToolCall {
    /// The function's name.
    pub name: String,
    /// Its arguments, as JSON.
    pub arguments: String,
}

/// What the chunks of a stream carry beside the text; the service has changed it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, ValueEnum)]
pub enum ChunkShape {
    /// No seed in the first chunk; the usage only within `x_groq`.
    #[serde(rename = "2025")]
    #[value(name = "2025")]
    Of2025,
    /// The seed in the first chunk; the usage within `x_groq` and beside it.
    #[default]
    #[serde(rename = "2026")]
    #[value(name = "2026")]
    Of2026,
}

impl Reply {
    /// Answers with `text`, split into tokens by the simulator.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            content: Content::Text(text.into()),
            ..Self::default()
        }
    }

    /// Sends exactly these content deltas.
    pub fn with_pieces<P: Into<String>>(mut self, pieces: impl IntoIterator<Item = P>) -> Self {
        self.content = Content::Pieces(pieces.into_iter().map(Into::into).collect());
        self
    }

    /// Sends exactly these reasoning deltas before the content, unless the request hides them.
    pub fn with_reasoning<P: Into<String>>(mut self, pieces: impl IntoIterator<Item = P>) -> Self {
        self.reasoning = pieces.into_iter().map(Into::into).collect();
        self
    }

    /// Calls a function after the content, of which there is none if it was not scripted. Several
    /// calls come in one delta.
    pub fn with_tool_call(mut self, name: impl Into<String>, arguments: impl Into<String>) -> Self {
        self.tool_calls.push(ToolCall {
            name: name.into(),
            arguments: arguments.into(),
        });
        self
    }

    /// Ends with this finish reason in place of `stop`.
    pub fn finish_reason(mut self, reason: impl Into<String>) -> Self {
        self.finish_reason = Some(reason.into());
        self
    }

    /// Reports so many of the prompt's tokens as read from the cache.
    pub fn cached_tokens(mut self, count: u32) -> Self {
        self.cached_tokens = count;
        self
    }

    /// Streams in this shape in place of the configured one.
    pub fn chunk_shape(mut self, shape: ChunkShape) -> Self {
        self.chunk_shape = Some(shape);
        self
    }
}
