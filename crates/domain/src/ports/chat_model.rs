use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use futures_core::Stream;
use thiserror::Error;

use super::BoxError;
use crate::article::RankedPassage;
use crate::reply::{FailureCode, FinishReason, Usage};

/// Whose words a turn of the conversation holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatRole {
    /// The operator's instructions and the quoted articles.
    System,
    /// The customer's words.
    User,
    /// Earlier answers.
    Assistant,
}

impl ChatRole {
    /// The role's name as it is shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// One turn of the conversation shown to the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatTurn {
    /// Whose words.
    pub role: ChatRole,
    /// The words.
    pub content: String,
}

/// What a model is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatRequest {
    /// The conversation, the system turn first.
    pub turns: Vec<ChatTurn>,
    /// The greatest number of tokens that the answer may have.
    pub max_completion_tokens: u32,
    /// The passages that the system turn quotes, for an assistant that answers by quoting.
    pub passages: Vec<RankedPassage>,
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatChunk {
    /// Text for the reader.
    Text(String),
    /// Text that tells of a passage word by word: what looks like a reference in it is none.
    Quote {
        /// The text.
        text: String,
        /// The number of the request's passage, from 1.
        source: usize,
    },
    /// A sign of life without text, such as reasoning.
    Thinking,
    /// The end of a whole answer; nothing follows.
    Finished(Finish),
}

/// How a model ended its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finish {
    /// Why it stopped.
    pub reason: FinishReason,
    /// Tokens spent, when it tells.
    pub usage: Option<Usage>,
    /// The model's own name for itself, when it tells.
    pub model: Option<String>,
    /// Whether people should take over.
    pub hands_off: bool,
}

/// What a host says about asking it again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetryAdvice {
    /// How long it asks to wait, if it says.
    pub after: Option<Duration>,
    /// Whether it wants to be asked again, if it says.
    pub wanted: Option<bool>,
}

/// Why a model gave no answer, or not all of it.
#[derive(Debug, Error)]
pub enum ChatModelError {
    /// The host wants fewer requests.
    #[error("the model's host limits the rate of requests")]
    RateLimited {
        /// What it says about asking again.
        advice: RetryAdvice,
    },
    /// The host refuses the request, the key or the model's name.
    #[error("the model's host refused the request with status {status}")]
    Rejected {
        /// Its HTTP status.
        status: u16,
    },
    /// The conversation does not fit the model.
    #[error("the conversation is too long for the model")]
    ContextTooLong,
    /// The host will not answer this content.
    #[error("the model's host refused the content")]
    ContentRefused,
    /// No sign of life in time.
    #[error("the model's host did not answer in time")]
    TimedOut,
    /// Unreachable, or broken off.
    #[error("the model's host is unavailable")]
    Unavailable {
        /// How it showed.
        source: BoxError,
        /// What it says about asking again.
        advice: RetryAdvice,
    },
    /// It answered something that is not its protocol.
    #[error("the model's host answered something unexpected")]
    Malformed(#[source] BoxError),
}

impl ChatModelError {
    /// The code under which readers of the reply learn of it.
    pub const fn failure_code(&self) -> FailureCode {
        match self {
            Self::RateLimited { .. } => FailureCode::UpstreamRateLimited,
            Self::Rejected { .. } => FailureCode::UpstreamRejected,
            Self::ContextTooLong => FailureCode::ContextTooLong,
            Self::ContentRefused => FailureCode::ContentRefused,
            Self::TimedOut => FailureCode::UpstreamTimeout,
            Self::Unavailable { .. } | Self::Malformed(_) => FailureCode::UpstreamUnavailable,
        }
    }
}

/// The pieces of one answer, in order. An `Err` is the last item, and so is
/// [`ChatChunk::Finished`]; a stream that ends with neither was cut off. Dropping it stops the
/// model.
pub type ChatStream = Pin<Box<dyn Stream<Item = Result<ChatChunk, ChatModelError>> + Send>>;

/// Asks a language model, or what stands in for one.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ChatModel: Send + Sync {
    /// The name of the model that is asked, as shown to readers.
    fn name(&self) -> String;

    /// Starts an answer. Resolves once the host has accepted the request.
    ///
    /// # Errors
    /// [`ChatModelError`] when no answer was begun.
    async fn stream_reply(&self, request: ChatRequest) -> Result<ChatStream, ChatModelError>;
}
