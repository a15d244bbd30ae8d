mod content;
mod endings;
mod header;
mod refusal;
mod script;
mod wire_format;

use std::time::Duration;

use serde::Deserialize;

pub(crate) use crate::reply::{
    content::Content,
    endings::{Ending, Place},
    header::SIMULATE,
    refusal::{RetryAfter, ScriptedRefusal},
    script::ScriptedReply,
    wire_format::WireFormat,
};
pub use crate::reply::{
    content::{ChunkShape, ToolCall},
    endings::ErrorForm,
    wire_format::{LineEnd, Writes},
};
use crate::reply::{endings::ErrorFrame, script::ReplyScript};

/// What the next chat request is answered with.
///
/// The methods that take `n_chunks` count the events of the stream as they go over the wire: the
/// role chunk is the first, then come the deltas, the finish chunk, the usage chunk if it was
/// asked for, and `[DONE]`. After 0 chunks the client has the response head and nothing else. Of
/// several methods that end the answer in their own way the last one counts. An answer that is
/// not streamed has no chunks; there a stall, a cut and the like happen halfway through the body,
/// and an error frame becomes an error status.
///
/// ```
/// use std::time::Duration;
/// use groq_simulator::Reply;
///
/// let slow = Reply::text("Please restart the router.").tokens_per_second(20);
/// let broken = Reply::new().with_pieces(["Hel", "lo"]).cut_after(2);
/// let refused = Reply::status(429).retry_after(Duration::from_secs(3));
/// ```
///
/// As JSON a reply is an object with a key for each method:
///
/// - what it says: `text` or `pieces`; `reasoning`, `tool_calls` (`[{"name": .., "arguments":
///   ..}]`), `finish_reason`, `cached_tokens`, `chunk_shape` (`"2025"` or `"2026"`);
/// - when: `tokens_per_second`, `first_token_after_ms`, `headers_after_ms`;
/// - how it ends, one of: `stall_after`, `stall_at_byte`, `cut_after`, `cut_at_byte`,
///   `cut_before_head`, `error_frame_after`, `garbage_after`, `endless_after`,
///   `endless_line_after`, `without_finish`, `without_done`; beside an error frame
///   `error_frame_status` and `error_frame_form`, beside a cut `by_reset`;
/// - how it is written: `headers` (an object), `writes` (`{"bytes": 1}`, `"within_characters"`,
///   `"within_line_ends"`), `line_ends` (`"lf"`, `"crlf"`, `"cr"`), `byte_order_mark`,
///   `unterminated`, `insert` (an object of texts by the number of chunks before them),
///   `comment_every_ms`;
/// - a refusal in its place: `status` with `code`, `body` and one of `retry_after` (in seconds)
///   and `without_retry_after`.
///
/// Without any of them it is the usual answer. The same keys can stand in the header `x-simulate` of
/// a request, as a JSON object or as `status=503; retry_after=2`; that request is then answered so,
/// whatever else is scripted.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(try_from = "ReplyScript")]
#[must_use]
pub struct Reply {
    pub(crate) refusal: Option<ScriptedRefusal>,
    pub(crate) content: Content,
    pub(crate) reasoning: Vec<String>,
    pub(crate) tool_calls: Vec<ToolCall>,
    pub(crate) finish_reason: Option<String>,
    pub(crate) cached_tokens: u32,
    pub(crate) chunk_shape: Option<ChunkShape>,
    pub(crate) tokens_per_second: Option<f64>,
    pub(crate) first_token_after: Option<Duration>,
    pub(crate) headers_after: Duration,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) ending: Ending,
    pub(crate) error_frame: ErrorFrame,
    pub(crate) wire_format: WireFormat,
}

impl Reply {
    /// The answer the simulator would give unasked, as a base for the other methods.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends a response header, in addition or in place of the usual one.
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Paces the deltas; 0 sends them as fast as the client reads.
    pub fn tokens_per_second(mut self, rate: impl Into<f64>) -> Self {
        self.tokens_per_second = Some(rate.into());
        self
    }

    /// Holds the first chunk back. The response head is not held back.
    pub fn first_token_after(mut self, delay: Duration) -> Self {
        self.first_token_after = Some(delay);
        self
    }

    /// Holds the response head back, and with it everything else.
    pub fn headers_after(mut self, delay: Duration) -> Self {
        self.headers_after = delay;
        self
    }
}
