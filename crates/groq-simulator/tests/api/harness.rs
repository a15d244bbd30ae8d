use std::time::Duration;

use groq_simulator::{Config, Reply, Simulator};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

pub const DEADLINE: Duration = Duration::from_secs(20);
pub const MODEL: &str = "openai/gpt-oss-20b";

/// A simulator and a client of it.
pub struct Harness {
    pub simulator: Simulator,
    client: Client,
}

/// An answer that arrived completely.
pub struct Received {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Harness {
    pub async fn start() -> Self {
        Self::start_with(Config::default()).await
    }

    pub async fn start_with(config: Config) -> Self {
        let simulator = Simulator::start_with(config)
            .await
            .expect("the simulator starts");
        Self {
            simulator,
            client: Client::new(),
        }
    }

    pub async fn scripted(reply: Reply) -> Self {
        let harness = Self::start().await;
        harness.simulator.enqueue(reply);
        harness
    }

    pub fn chat(&self, body: &Value) -> RequestBuilder {
        self.chat_without_key(body).bearer_auth("gsk_test")
    }

    pub fn chat_without_key(&self, body: &Value) -> RequestBuilder {
        self.client
            .post(format!("{}/chat/completions", self.simulator.base_url()))
            .json(body)
    }

    pub fn models(&self) -> RequestBuilder {
        self.client
            .get(format!("{}/models", self.simulator.base_url()))
            .bearer_auth("gsk_test")
    }

    pub async fn ask(&self, body: &Value) -> Received {
        Received::of(self.chat(body).send().await.expect("an answer")).await
    }

    /// Sends a streaming request and returns as soon as the response head is there.
    pub async fn open_stream(&self) -> Response {
        self.chat(&streaming())
            .send()
            .await
            .expect("a response head")
    }

    /// Sends a streaming request and reads until the stream ends, in whatever way.
    pub async fn read_stream(&self) -> (String, Option<reqwest::Error>) {
        read_to_the_end(self.open_stream().await).await
    }
}

impl Received {
    pub async fn of(response: Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await.expect("a complete body");
        Self {
            status,
            headers,
            text,
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("a JSON body")
    }

    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).expect("the header is there");
        value.to_str().expect("a readable header")
    }
}

pub async fn read_to_the_end(mut response: Response) -> (String, Option<reqwest::Error>) {
    let mut bytes = Vec::new();
    let error = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    (String::from_utf8(bytes).expect("UTF-8"), error)
}

/// Reads until `count` events have arrived completely.
pub async fn read_events(response: &mut Response, count: usize) -> Vec<String> {
    let mut text = String::new();
    while text.matches("\n\n").count() < count {
        let chunk = response
            .chunk()
            .await
            .expect("a part of the body")
            .expect("more events");
        text.push_str(std::str::from_utf8(&chunk).expect("whole characters"));
    }
    text.split_terminator("\n\n").map(String::from).collect()
}

/// The delta texts in a stream, `content` by `content`.
pub fn contents(stream: &str) -> Vec<String> {
    events(stream)
        .filter_map(|event| {
            event["choices"][0]["delta"]["content"]
                .as_str()
                .map(String::from)
        })
        .collect()
}

/// The JSON of the `data:` lines, without `[DONE]`.
pub fn events(stream: &str) -> impl Iterator<Item = Value> {
    stream
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .filter(|data| *data != "[DONE]")
        .map(|data| serde_json::from_str(data).expect("an event is JSON"))
}

pub fn plain() -> Value {
    json!({"model": MODEL, "messages": [{"role": "user", "content": "My router is broken"}]})
}

pub fn streaming() -> Value {
    with(plain(), "stream", true)
}

pub fn with(mut body: Value, key: &str, value: impl Into<Value>) -> Value {
    body[key] = value.into();
    body
}
