//! The closed request schema: what a body may contain, before anything is read from it.

mod messages;
mod rule;

pub(crate) use crate::schema::rule::alternatives;

use serde_json::{Map, Value};

use crate::{
    error::ApiError,
    schema::rule::{Rule, nearest},
};

const NUMBER_FREE: Rule = Rule::Number {
    min: -2.0,
    max: 2.0,
};

/// Every key a request may have.
const PROPERTIES: [(&str, Rule); 36] = [
    ("citation_options", Rule::OneOf(&["enabled", "disabled"])),
    ("compound_custom", Rule::Object),
    ("disable_tool_validation", Rule::Flag),
    ("documents", Rule::List { max: usize::MAX }),
    ("exclude_domains", Rule::List { max: usize::MAX }),
    ("frequency_penalty", NUMBER_FREE),
    ("function_call", Rule::Any),
    ("functions", Rule::List { max: 128 }),
    ("include_domains", Rule::List { max: usize::MAX }),
    ("include_reasoning", Rule::Flag),
    ("logit_bias", Rule::Object),
    ("logprobs", Rule::Flag),
    ("max_completion_tokens", Rule::Integer { min: 1 }),
    ("max_tokens", Rule::Integer { min: 1 }),
    ("messages", Rule::List { max: usize::MAX }),
    ("metadata", Rule::Object),
    ("model", Rule::Text),
    ("n", Rule::Integer { min: 1 }),
    ("parallel_tool_calls", Rule::Flag),
    ("presence_penalty", NUMBER_FREE),
    ("reasoning_effort", Rule::Text),
    (
        "reasoning_format",
        Rule::OneOf(&["hidden", "raw", "parsed"]),
    ),
    ("response_format", Rule::Object),
    ("search_settings", Rule::Object),
    ("seed", Rule::Integer { min: i64::MIN }),
    (
        "service_tier",
        Rule::OneOf(&["auto", "on_demand", "flex", "performance"]),
    ),
    ("stop", Rule::TextOrList { max: 4 }),
    ("store", Rule::Flag),
    ("stream", Rule::Flag),
    ("stream_options", Rule::Object),
    ("temperature", Rule::Number { min: 0.0, max: 2.0 }),
    ("tool_choice", Rule::Any),
    ("tools", Rule::List { max: 128 }),
    ("top_logprobs", Rule::Integer { min: 0 }),
    ("top_p", Rule::Number { min: 0.0, max: 1.0 }),
    ("user", Rule::Text),
];

const STREAM_OPTIONS: [&str; 1] = ["include_usage"];

/// Checks a request body against the schema.
pub(crate) fn check(body: &Value) -> Result<&Map<String, Value>, ApiError> {
    let Value::Object(request) = body else {
        return Err(ApiError::invalid("request body must be a JSON object"));
    };

    for (key, value) in request {
        let Some((_, rule)) = PROPERTIES.iter().find(|(name, _)| name == key) else {
            return Err(ApiError::invalid(unsupported(
                key,
                PROPERTIES.iter().map(|(name, _)| *name),
            )));
        };
        // A key with the value null counts as absent.
        if !value.is_null() {
            rule.check(value)
                .map_err(|problem| ApiError::invalid(format!("'{key}' : {problem}")))?;
        }
    }
    for required in ["model", "messages"] {
        if request.get(required).is_none_or(Value::is_null) {
            return Err(ApiError::invalid(format!(
                "property '{required}' is missing"
            )));
        }
    }
    check_stream_options(request)?;
    messages::check(request.get("messages").and_then(Value::as_array))?;
    Ok(request)
}

fn check_stream_options(request: &Map<String, Value>) -> Result<(), ApiError> {
    let Some(Value::Object(options)) = request.get("stream_options") else {
        return Ok(());
    };
    for (key, value) in options {
        if !STREAM_OPTIONS.contains(&key.as_str()) {
            let problem = unsupported(key, STREAM_OPTIONS);
            return Err(ApiError::invalid(format!("'stream_options' : {problem}")));
        }
        Rule::Flag
            .check(value)
            .map_err(|problem| ApiError::invalid(format!("'stream_options.{key}' : {problem}")))?;
    }
    Ok(())
}

fn unsupported(key: &str, known: impl IntoIterator<Item = &'static str>) -> String {
    match nearest(key, known) {
        Some(name) => format!("property '{key}' is unsupported, did you mean '{name}'?"),
        None => format!("property '{key}' is unsupported"),
    }
}
