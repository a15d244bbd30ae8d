use serde_json::{Value, json};

/// What an SDK tells its caller.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    text: String,
    error: Option<ExpectedError>,
    /// How many chunks it got.
    chunks: Option<usize>,
}

#[derive(Clone, Debug, Default)]
struct ExpectedError {
    kind: &'static str,
    status: Option<u16>,
    /// A part of the message.
    message: &'static str,
    body: Option<Value>,
    /// The code of the error behind it. Python has none.
    cause: Option<&'static str>,
}

impl Expected {
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    pub fn error(kind: &'static str, status: impl Into<Option<u16>>) -> Self {
        let error = ExpectedError {
            kind,
            status: status.into(),
            ..ExpectedError::default()
        };
        Self {
            error: Some(error),
            ..Self::default()
        }
    }

    /// What was delivered before.
    pub fn after(mut self, text: &str) -> Self {
        text.clone_into(&mut self.text);
        self
    }

    pub fn chunks(mut self, chunks: usize) -> Self {
        self.chunks = Some(chunks);
        self
    }

    pub fn saying(self, message: &'static str) -> Self {
        self.with_error(|error| error.message = message)
    }

    pub fn body(self, body: Value) -> Self {
        self.with_error(|error| error.body = Some(body))
    }

    pub fn caused_by(self, cause: &'static str) -> Self {
        self.with_error(|error| error.cause = Some(cause))
    }

    fn with_error(mut self, change: impl FnOnce(&mut ExpectedError)) -> Self {
        change(self.error.get_or_insert_default());
        self
    }

    /// What is not as expected.
    pub fn differences(&self, told: &Value) -> Vec<String> {
        let mut differences = Vec::new();
        let mut compare = |what: &str, is: &Value, expected: Value| {
            if *is != expected {
                differences.push(format!("{what} is {is}, not {expected}"));
            }
        };
        compare("the text", &told["text"], json!(self.text));
        if let Some(chunks) = self.chunks {
            compare("the number of chunks", &told["chunks"], json!(chunks));
        }
        let Some(expected) = &self.error else {
            compare("the error", &told["error"], Value::Null);
            return differences;
        };
        let error = &told["error"];
        compare("the error's kind", &error["kind"], json!(expected.kind));
        compare("its status", &error["status"], json!(expected.status));
        if let Some(body) = &expected.body {
            compare("its body", &error["body"], body.clone());
        }
        if let Some(cause) = expected.cause {
            compare("its cause", &error["cause"], json!(cause));
        }
        let message = error["message"].as_str().unwrap_or_default();
        if !message.contains(expected.message) {
            differences.push(format!("the message is {message:?}"));
        }
        differences
    }
}
