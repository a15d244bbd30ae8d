//! Reads the answer to a ticket with reqwest.

use std::collections::VecDeque;
use std::time::Duration;

use reqwest::{Client, Response, StatusCode};
use serde_json::Value;

/// What to show in place of whatever was shown before.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    pub text: String,
    /// How the answer ended; none while it is written.
    pub ending: Option<Value>,
}

/// The server refused, and asking again would not help.
#[derive(Debug)]
pub struct Refusal(pub String);

impl Shown {
    /// One event makes what to show out of what is shown; `false` when it changes nothing.
    fn take(&mut self, name: &str, data: &mut Value) -> bool {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match name {
            "response.created" | "response.restarted" => self.text.clear(),
            "response.output_text.delta" => self.text += &text(&data["delta"]),
            "response.snapshot" => self.text = text(&data["text"]),
            "response.completed" => {
                self.text = text(&data["response"]["output_text"]);
                self.ending = Some(data["response"].take());
            }
            "response.incomplete" | "response.cancelled" | "response.failed" => {
                self.ending = Some(data["response"].take());
            }
            _ => return false, // more kinds may be added
        }
        true
    }
}

/// Shows the answer again and again until it has ended. A connection that breaks is made anew and
/// continues where it broke.
///
/// `client` needs a `read_timeout` of 45 s: heartbeats come every 15 s, so a longer silence means
/// that the connection is dead. `url` is `…/tickets/{id}/ai-response`, and `token` gives an access
/// token that is good, renewing it when it has to.
pub async fn read_answer(
    client: &Client,
    url: &str,
    token: impl AsyncFn() -> String,
    mut show: impl FnMut(&Shown),
) -> Result<(), Refusal> {
    let mut shown = Shown::default();
    let mut last_event_id = String::new();
    let mut pause = Duration::from_millis(1_500);
    loop {
        let mut wait = None;
        let mut request = client.get(url).bearer_auth(token().await);
        request = request.header("Accept", "text/event-stream");
        if !last_event_id.is_empty() {
            request = request.header("Last-Event-ID", &last_event_id);
        }
        match request.send().await {
            // There is nothing, or nothing more.
            Ok(response) if response.status() == StatusCode::NO_CONTENT => return Ok(()),
            Ok(response) if response.status().is_success() => {
                let mut events = Events::of(response);
                while let Some(mut event) = events.next().await {
                    if shown.take(&event.name, &mut event.data) {
                        show(&shown);
                        if shown.ending.is_some() {
                            return Ok(());
                        }
                    }
                    if event.data["reason"] == "access_lost" {
                        return Err(Refusal("the ticket is not yours to see any more".into()));
                    }
                    if !event.id.is_empty() {
                        last_event_id = event.id;
                    }
                }
                pause = events.retry.unwrap_or(pause);
            }
            Ok(response) => wait = Some(time_to_wait(response).await?),
            // The connection was not made.
            Err(_) => {}
        }
        // Not all readers at once, when a server comes back.
        let wait = wait.unwrap_or(pause).mul_f64(rand::random_range(1.0..1.5));
        tokio::time::sleep(wait).await;
    }
}

async fn time_to_wait(response: Response) -> Result<Duration, Refusal> {
    let status = response.status();
    if status != StatusCode::TOO_MANY_REQUESTS && !status.is_server_error() {
        return Err(Refusal(response.text().await.unwrap_or_default()));
    }
    let seconds = response.headers().get("Retry-After");
    let seconds = seconds.and_then(|seconds| seconds.to_str().ok()?.parse().ok());
    Ok(Duration::from_secs(seconds.unwrap_or(2)))
}

/// An event as it stands in the stream.
#[derive(Default)]
struct Event {
    name: String,
    id: String,
    data: Value,
}

/// The events of a stream whose lines end with a line feed, and whose data are one line of JSON.
struct Events {
    response: Response,
    bytes: VecDeque<u8>,
    retry: Option<Duration>,
}

impl Events {
    fn of(response: Response) -> Self {
        Self {
            response,
            bytes: VecDeque::new(),
            retry: None,
        }
    }

    /// The next one; none once the connection is over, whether by an end or a break.
    async fn next(&mut self) -> Option<Event> {
        let mut event = Event::default();
        loop {
            let line = self.line().await?;
            let (field, value) = line.split_once(": ").unwrap_or((&line, ""));
            match field {
                "id" => value.clone_into(&mut event.id),
                "event" => value.clone_into(&mut event.name),
                "data" => event.data = serde_json::from_str(value).ok()?,
                "retry" => self.retry = value.parse().ok().map(Duration::from_millis),
                "" if line.is_empty() && !event.data.is_null() => return Some(event),
                _ => {} // a comment, which is a heartbeat
            }
        }
    }

    async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.bytes.iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.bytes.drain(..=end).collect();
                line.pop();
                return String::from_utf8(line).ok();
            }
            let chunk = self.response.chunk().await.ok()??;
            self.bytes.extend(chunk);
        }
    }
}
