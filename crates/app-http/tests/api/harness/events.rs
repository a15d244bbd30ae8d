use std::collections::VecDeque;

use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;

use super::soon;

/// One dispatched event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub id: Option<String>,
    pub name: String,
    pub data: Value,
}

impl Event {
    #[track_caller]
    pub fn id(&self) -> &str {
        self.id.as_deref().expect("an event with an id")
    }
}

/// Reads a stream event by event, as the HTML Standard says (section 9.2.6).
pub struct EventReader {
    pub status: StatusCode,
    pub headers: HeaderMap,
    body: BoxStream<'static, reqwest::Result<bytes::Bytes>>,
    unread: Vec<u8>,
    ready: VecDeque<Event>,
    pending: Vec<String>,
    pub retry: Option<u64>,
}

impl EventReader {
    pub async fn open(request: RequestBuilder) -> Self {
        let response = soon("a stream's headers", request.send())
            .await
            .expect("a response");
        Self {
            status: response.status(),
            headers: response.headers().clone(),
            body: response.bytes_stream().boxed(),
            unread: Vec::new(),
            ready: VecDeque::new(),
            pending: Vec::new(),
            retry: None,
        }
    }

    /// The next event; none at a clean end. Heartbeats do not extend the deadline.
    pub async fn next(&mut self) -> Option<Event> {
        soon("the next event", self.next_event()).await
    }

    async fn next_event(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            let bytes = self.body.next().await?;
            self.unread.extend(bytes.expect("a whole stream"));
            while let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                let line = String::from_utf8(line).expect("UTF-8");
                self.take_line(line.trim_end_matches('\n'));
            }
        }
    }

    /// The next event, which must be of that name.
    pub async fn expect(&mut self, name: &str) -> Event {
        let event = self
            .next()
            .await
            .unwrap_or_else(|| panic!("ended before {name}"));
        assert_eq!(event.name, name, "{}", event.data);
        event
    }

    /// Everything to the clean end.
    pub async fn rest(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }

    fn take_line(&mut self, line: &str) {
        if !line.is_empty() {
            self.pending.push(line.to_owned());
            return;
        }
        let lines = std::mem::take(&mut self.pending);
        let field = |name: &str| {
            lines
                .iter()
                .rev()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        };
        if let Some(retry) = field("retry") {
            self.retry = Some(retry.parse().expect("milliseconds"));
        }
        let data = field("data").expect("no event is dispatched without data");
        let data: Value = serde_json::from_str(data).expect("JSON");
        let name = field("event").expect("a name").to_owned();
        assert_eq!(data["type"], name);
        self.ready.push_back(Event {
            id: field("id").map(str::to_owned),
            name,
            data,
        });
    }
}

/// The text that a reader of these events shows.
pub fn shown_text(events: &[Event]) -> String {
    let mut text = String::new();
    for event in events {
        match event.name.as_str() {
            "response.output_text.delta" => {
                text.push_str(event.data["delta"].as_str().expect("a delta"));
            }
            "response.snapshot" => {
                event.data["text"]
                    .as_str()
                    .expect("a text")
                    .clone_into(&mut text);
            }
            "response.restarted" => text.clear(),
            _ => {}
        }
    }
    text
}
