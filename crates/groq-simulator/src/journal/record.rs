use std::{net::SocketAddr, time::Duration};

use actix_web::http::header::{self, HeaderMap};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::error::ApiError;

/// One chat request as it was received, and how it ended.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// Its place among all requests since the start or the last reset, from 0.
    pub index: usize,
    /// When it was received, counted from the simulator's start. In JSON: milliseconds.
    #[serde(rename = "received_after_ms", serialize_with = "milliseconds")]
    pub received_after: Duration,
    /// The client's end of the connection; requests over the same connection share it.
    pub peer: Option<SocketAddr>,
    /// The model it asked for; empty if it named none.
    pub model: String,
    /// Whether it asked for a stream.
    pub stream: bool,
    /// Its headers, as far as they are of interest.
    pub headers: RecordedHeaders,
    /// Its body; null if that was not JSON.
    pub body: Value,
    /// How it ended.
    pub outcome: Outcome,
    /// How many events (or, not streamed, parts of the body) were sent. 0 until it has ended.
    pub chunks_sent: usize,
}

/// The headers of a request that a test may want to see. The key itself is never kept.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct RecordedHeaders {
    /// `user-agent`.
    pub user_agent: Option<String>,
    /// `accept`.
    pub accept: Option<String>,
    /// `accept-encoding`.
    pub accept_encoding: Option<String>,
    /// `content-type`.
    pub content_type: Option<String>,
    /// Whether `authorization` carried a bearer key.
    pub has_bearer_key: bool,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// It has not ended yet.
    InProgress,
    /// Everything was sent that was to be sent, an error frame included.
    Completed,
    /// It was answered with an error status.
    Refused {
        /// That status.
        status: u16,
    },
    /// The connection was broken off, as scripted.
    Cut,
    /// The client left before the end (or the simulator was stopped before it).
    ClientLeft,
}

/// How many requests there were since the start or the last reset.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// All of them. The others add up to this.
    pub received: usize,
    /// See [`Outcome::InProgress`].
    pub in_progress: usize,
    /// See [`Outcome::Completed`].
    pub completed: usize,
    /// See [`Outcome::Refused`].
    pub refused: usize,
    /// See [`Outcome::Cut`].
    pub cut: usize,
    /// See [`Outcome::ClientLeft`].
    pub client_left: usize,
}

impl RecordedRequest {
    pub(crate) fn new(peer: Option<SocketAddr>, headers: &HeaderMap, body: Value) -> Self {
        Self {
            index: 0,
            received_after: Duration::ZERO,
            peer,
            model: String::from(
                body.get("model")
                    .and_then(Value::as_str)
                    .unwrap_or_default(),
            ),
            stream: body.get("stream").and_then(Value::as_bool).unwrap_or(false),
            headers: RecordedHeaders::of(headers),
            body,
            outcome: Outcome::InProgress,
            chunks_sent: 0,
        }
    }
}

impl RecordedHeaders {
    fn of(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            user_agent: text(header::USER_AGENT).map(String::from),
            accept: text(header::ACCEPT).map(String::from),
            accept_encoding: text(header::ACCEPT_ENCODING).map(String::from),
            content_type: text(header::CONTENT_TYPE).map(String::from),
            has_bearer_key: bearer_key(headers).is_some(),
        }
    }
}

impl Outcome {
    pub(crate) fn refused(error: &ApiError) -> Self {
        Self::Refused {
            status: error.status.as_u16(),
        }
    }

    /// Whether nothing more will happen to the request.
    pub fn is_final(self) -> bool {
        self != Self::InProgress
    }
}

impl Counts {
    pub(super) fn end(&mut self, outcome: Outcome) {
        let counter = match outcome {
            Outcome::InProgress => return,
            Outcome::Completed => &mut self.completed,
            Outcome::Refused { .. } => &mut self.refused,
            Outcome::Cut => &mut self.cut,
            Outcome::ClientLeft => &mut self.client_left,
        };
        *counter += 1;
        self.in_progress -= 1;
    }
}

/// The key of `authorization: Bearer <key>`, if there is one.
pub(crate) fn bearer_key(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then_some(key)
}

fn milliseconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}
