use domain::reply::{FinishReason, Usage};
use serde::Deserialize;
use serde_json::Value;

use crate::error_body::ErrorBody;

/// The JSON of one event of an answer.
///
/// Only what is read is here, and nothing is required or enumerated: hosts add fields and values
/// without notice, and a chunk that cannot be read costs the whole answer.
#[derive(Debug, Deserialize)]
pub(crate) struct CompletionChunk {
    model: Option<String>,
    choices: Option<Vec<Choice>>,
    usage: Option<Value>,
    x_groq: Option<Value>,
    error: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    index: Option<Value>,
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

/// What a chunk adds to the answer.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Delta {
    content: Option<String>,
    reasoning: Option<String>,
    /// What other hosts call it.
    reasoning_content: Option<String>,
    channel: Option<String>,
}

impl CompletionChunk {
    /// Reads the data of an event.
    pub(crate) fn parse(data: &str) -> Option<Self> {
        serde_json::from_str(data).ok()
    }

    /// The error that the host sends in place of the rest of the answer. Groq documents it as
    /// `x_groq.error`, and other clients know it at the top.
    pub(crate) fn error(&self) -> Option<ErrorBody> {
        let in_extension = || {
            self.x_groq
                .as_ref()?
                .get("error")
                .filter(|it| !it.is_null())
        };
        self.error.as_ref().or_else(in_extension).map(ErrorBody::of)
    }

    /// The tokens spent. Groq sends them twice in one chunk, and a third time on request: they are
    /// the same tokens, not more of them.
    pub(crate) fn usage(&self) -> Option<Usage> {
        let in_extension = || self.x_groq.as_ref()?.get("usage").and_then(read_usage);
        self.usage
            .as_ref()
            .and_then(read_usage)
            .or_else(in_extension)
    }

    /// The model that answers.
    pub(crate) fn model(&self) -> Option<&str> {
        self.model.as_deref().filter(|model| !model.is_empty())
    }

    /// Why the model stopped, if it did.
    pub(crate) fn finish_reason(&self) -> Option<FinishReason> {
        let reason = self.choice()?.finish_reason.as_deref()?;
        match reason {
            // Some hosts send it so in every chunk.
            "" => None,
            "stop" => Some(FinishReason::Stop),
            "length" => Some(FinishReason::Length),
            "content_filter" => Some(FinishReason::ContentFilter),
            _ => Some(FinishReason::Other),
        }
    }

    /// What it adds.
    pub(crate) fn into_delta(self) -> Delta {
        let mut choices = self.choices.into_iter().flatten();
        choices
            .find(Choice::is_asked_for)
            .and_then(|choice| choice.delta)
            .unwrap_or_default()
    }

    /// There is none in the chunk that only brings the usage.
    fn choice(&self) -> Option<&Choice> {
        self.choices.iter().flatten().find(|it| it.is_asked_for())
    }
}

impl Choice {
    /// One answer is asked for; a host that gives several must not have them mixed.
    fn is_asked_for(&self) -> bool {
        self.index.as_ref().is_none_or(|index| *index == 0)
    }
}

impl Delta {
    /// Whether it shows the model thinking.
    pub(crate) fn is_reasoning(&self) -> bool {
        let has = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        has(&self.reasoning)
            || has(&self.reasoning_content)
            || (self.is_in_analysis() && has(&self.content))
    }

    /// The text for the reader; none when it is empty.
    pub(crate) fn into_text(self) -> Option<String> {
        if self.is_in_analysis() {
            return None;
        }
        self.content.filter(|content| !content.is_empty())
    }

    /// The gpt-oss models think in a channel of this name.
    fn is_in_analysis(&self) -> bool {
        self.channel.as_deref() == Some("analysis")
    }
}

fn read_usage(usage: &Value) -> Option<Usage> {
    Some(Usage {
        input_tokens: usage.get("prompt_tokens")?.as_i64()?,
        output_tokens: usage.get("completion_tokens")?.as_i64()?,
    })
}
