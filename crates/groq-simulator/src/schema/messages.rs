use serde_json::{Map, Value};

use crate::error::ApiError;

type Message = Map<String, Value>;

/// Who speaks, and what a message of that kind may consist of.
struct Role {
    name: &'static str,
    properties: &'static [&'static str],
    parts: &'static [&'static str],
}

const TEXT_ONLY: &[&str] = &["text"];
const ANY_PART: &[&str] = &["text", "image_url", "document"];
const PLAIN: &[&str] = &["role", "content", "name"];

const ROLES: [Role; 6] = [
    Role {
        name: "system",
        properties: PLAIN,
        parts: TEXT_ONLY,
    },
    Role {
        name: "developer",
        properties: PLAIN,
        parts: TEXT_ONLY,
    },
    Role {
        name: "user",
        properties: PLAIN,
        parts: ANY_PART,
    },
    Role {
        name: "assistant",
        properties: &[
            "role",
            "content",
            "name",
            "tool_calls",
            "reasoning",
            "function_call",
        ],
        parts: TEXT_ONLY,
    },
    Role {
        name: "tool",
        properties: &["role", "content", "tool_call_id"],
        parts: ANY_PART,
    },
    Role {
        name: "function",
        properties: PLAIN,
        parts: &[],
    },
];

pub(super) fn check(messages: Option<&Vec<Value>>) -> Result<(), ApiError> {
    let messages = messages.map(Vec::as_slice).unwrap_or_default();
    if messages.is_empty() {
        return Err(ApiError::invalid(
            "'messages' : minimum number of items is 1",
        ));
    }
    messages
        .iter()
        .enumerate()
        .try_for_each(|(place, message)| check_message(place, message))
}

fn check_message(place: usize, message: &Value) -> Result<(), ApiError> {
    let at = format!("messages.{place}");
    let Value::Object(message) = message else {
        return Err(ApiError::invalid(format!(
            "'{at}' : value must be an object"
        )));
    };
    let role = match message.get("role") {
        Some(Value::String(name)) => ROLES.iter().find(|role| role.name == name),
        Some(_) => None,
        None => {
            let problem = format!("'{at}' : discriminator property 'role' is missing");
            return Err(ApiError::invalid(problem));
        }
    };
    let Some(role) = role else {
        let problem = format!("'{at}' : discriminator property 'role' has invalid value");
        return Err(ApiError::invalid(problem));
    };

    role.check(&at, message).map_err(|problem| {
        ApiError::invalid(format!(
            "'{at}' : for 'role:{}' the following must be satisfied[({problem})]",
            role.name
        ))
    })
}

impl Role {
    fn check(&self, at: &str, message: &Message) -> Result<(), String> {
        if let Some(key) = message
            .keys()
            .find(|key| !self.properties.contains(&key.as_str()))
        {
            return Err(format!("'{at}' : property '{key}' is unsupported"));
        }
        if self.name == "tool" && !message.contains_key("tool_call_id") {
            return Err(format!("'{at}' : property 'tool_call_id' is missing"));
        }
        for key in ["name", "reasoning", "tool_call_id"] {
            if message
                .get(key)
                .is_some_and(|value| !value.is_string() && !value.is_null())
            {
                return Err(format!("'{at}.{key}' : value must be a string"));
            }
        }
        match message.get("content") {
            Some(Value::String(_)) => Ok(()),
            Some(Value::Array(parts)) if !self.parts.is_empty() => {
                parts.iter().enumerate().try_for_each(|(place, part)| {
                    self.check_part(&format!("{at}.content.{place}"), part)
                })
            }
            None | Some(Value::Null) if self.may_lack_content(message) => Ok(()),
            None => Err(format!("'{at}' : property 'content' is missing")),
            Some(_) => Err(format!("'{at}.content' : value must be a string")),
        }
    }

    /// Only a turn of the model that consists of tool calls says nothing.
    fn may_lack_content(&self, message: &Message) -> bool {
        self.name == "assistant"
            && ["tool_calls", "function_call"]
                .iter()
                .any(|key| message.get(*key).is_some_and(|value| !value.is_null()))
    }

    fn check_part(&self, at: &str, part: &Value) -> Result<(), String> {
        let Value::Object(part) = part else {
            return Err(format!("'{at}' : value must be an object"));
        };
        let kind = part.get("type").and_then(Value::as_str);
        let Some(kind) = kind.filter(|kind| self.parts.contains(kind)) else {
            return Err(format!(
                "'{at}' : discriminator property 'type' has invalid value"
            ));
        };
        if let Some(key) = part.keys().find(|key| *key != "type" && *key != kind) {
            return Err(format!("'{at}' : property '{key}' is unsupported"));
        }
        match part.get(kind) {
            None => Err(format!("'{at}' : property '{kind}' is missing")),
            Some(value) if kind == "text" && !value.is_string() => {
                Err(format!("'{at}.text' : value must be a string"))
            }
            Some(_) => Ok(()),
        }
    }
}
