use serde_json::{Map, Value};

use crate::{
    error::ApiError,
    model::Model,
    schema::{self, alternatives},
};

/// A chat request that passed every check.
#[derive(Debug)]
pub(crate) struct ChatRequest {
    pub(crate) model: &'static Model,
    pub(crate) stream: bool,
    pub(crate) include_usage: bool,
    pub(crate) stop: Vec<String>,
    pub(crate) seed: Option<i64>,
    pub(crate) service_tier: String,
    pub(crate) reasoning: ReasoningFormat,
    pub(crate) last_user_text: String,
    pub(crate) prompt_tokens: u32,
    /// The completion budget, if one was set.
    pub(crate) token_budget: Option<u32>,
}

/// Where the reasoning of an answer goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ReasoningFormat {
    Parsed,
    /// Within the content, between `<think>` tags.
    Raw,
    Hidden,
}

impl ChatRequest {
    pub(crate) fn parse(body: &Value) -> Result<Self, ApiError> {
        let request = schema::check(body)?;
        let id = text(request, "model").unwrap_or_default();
        let model = Model::find(id).ok_or_else(|| ApiError::unknown_model(id))?;
        if request
            .get("n")
            .and_then(Value::as_u64)
            .is_some_and(|n| n > 1)
        {
            return Err(ApiError::invalid("'n' : number must be at most 1"));
        }
        let messages = request.get("messages").and_then(Value::as_array);
        let messages = messages.map(Vec::as_slice).unwrap_or_default();
        let prompt_tokens = estimate_tokens(messages);
        if prompt_tokens > model.context_window {
            return Err(ApiError::context_length_exceeded());
        }

        Ok(Self {
            model,
            stream: flag(request, "stream").unwrap_or(false),
            include_usage: request
                .get("stream_options")
                .and_then(Value::as_object)
                .and_then(|options| flag(options, "include_usage"))
                .unwrap_or(false),
            stop: stop_texts(request.get("stop"))?,
            seed: request.get("seed").and_then(Value::as_i64),
            service_tier: match text(request, "service_tier") {
                Some("auto") | None => String::from("on_demand"),
                Some(tier) => String::from(tier),
            },
            reasoning: reasoning_format(request, model)?,
            last_user_text: last_user_text(messages),
            prompt_tokens,
            token_budget: token_budget(request, model)?,
        })
    }

    /// How long the answer may become.
    pub(crate) fn max_completion_tokens(&self) -> usize {
        let tokens = self
            .token_budget
            .unwrap_or(self.model.max_completion_tokens);
        usize::try_from(tokens).unwrap_or(usize::MAX)
    }
}

fn token_budget(request: &Map<String, Value>, model: &Model) -> Result<Option<u32>, ApiError> {
    let max = model.max_completion_tokens;
    let budget = ["max_completion_tokens", "max_tokens"]
        .into_iter()
        .find_map(|key| request.get(key).and_then(Value::as_u64));
    match budget.map(u32::try_from) {
        None => Ok(None),
        Some(Ok(budget)) if budget <= max => Ok(Some(budget)),
        Some(_) => {
            let message = format!(
                "`max_completion_tokens` must be less than or equal to `{max}`, the maximum \
                 value for `max_completion_tokens` is less than the `context_window` for this \
                 model"
            );
            Err(ApiError::invalid(message).with_param("max_completion_tokens"))
        }
    }
}

fn stop_texts(stop: Option<&Value>) -> Result<Vec<String>, ApiError> {
    let texts = match stop {
        Some(Value::String(text)) => vec![Some(text.clone())],
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(String::from))
            .collect(),
        _ => Vec::new(),
    };
    let texts: Option<Vec<String>> = texts.into_iter().collect();
    let texts = texts.ok_or_else(|| {
        ApiError::invalid("'stop' : value must be a string or an array of strings")
    })?;
    Ok(texts.into_iter().filter(|text| !text.is_empty()).collect())
}

fn reasoning_format(
    request: &Map<String, Value>,
    model: &Model,
) -> Result<ReasoningFormat, ApiError> {
    let effort = text(request, "reasoning_effort");
    if effort.is_some_and(|effort| !model.efforts.contains(&effort)) {
        let allowed = alternatives(model.efforts);
        let message = format!("`reasoning_effort` must be one of {allowed}");
        return Err(ApiError::invalid(message).with_param("reasoning_effort"));
    }

    let include = flag(request, "include_reasoning");
    let format = match (text(request, "reasoning_format"), include) {
        (Some(_), Some(_)) => {
            let message = "cannot specify both `include_reasoning` and `reasoning_format`";
            return Err(ApiError::invalid(message));
        }
        (Some("raw"), None) => ReasoningFormat::Raw,
        (Some("hidden"), None) | (None, Some(false)) => ReasoningFormat::Hidden,
        _ => ReasoningFormat::Parsed,
    };
    if effort == Some("none") {
        Ok(ReasoningFormat::Hidden)
    } else {
        Ok(format)
    }
}

fn last_user_text(messages: &[Value]) -> String {
    messages
        .iter()
        .rev()
        .find(|message| message.get("role").and_then(Value::as_str) == Some("user"))
        .and_then(|message| message.get("content"))
        .map(content_text)
        .unwrap_or_default()
}

fn content_text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts = parts
                .iter()
                .filter_map(|part| part.get("text").and_then(Value::as_str));
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

/// Four bytes a token and four tokens a message: near enough for usage numbers.
fn estimate_tokens(messages: &[Value]) -> u32 {
    let tokens: usize = messages
        .iter()
        .filter_map(|message| message.get("content"))
        .map(|content| content_text(content).len().div_ceil(4) + 4)
        .sum();
    u32::try_from(tokens).unwrap_or(u32::MAX)
}

fn text<'a>(object: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_str)
}

fn flag(object: &Map<String, Value>, key: &str) -> Option<bool> {
    object.get(key).and_then(Value::as_bool)
}
