mod script;

use std::time::Duration;

use serde::Deserialize;

use crate::reply::script::ReplyScript;

/// What the next chat request is answered with.
///
/// The methods that take `n_chunks` count the events of the stream as they go over the wire: the
/// role chunk is the first, then come the deltas, the finish chunk, the usage chunk if it was
/// asked for, and `[DONE]`. After 0 chunks the client has the response head and nothing else. Of
/// several such methods the last one counts. An answer that is not streamed has no chunks; there
/// a stall or a cut happens halfway through the body, and an error frame becomes an error status.
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
/// As JSON a reply is an object with a key for each method: `text`, `pieces` or `status`;
/// `reasoning` and `headers` (an object); `tokens_per_second`, `first_token_after_ms`,
/// `headers_after_ms`, `finish_reason`; one of `stall_after`, `cut_after`, `error_frame_after`
/// (with `error_frame_status`), `without_finish` and `without_done`; beside a `status`, one of
/// `retry_after` (in seconds) and `without_retry_after`. Without any of them it is the usual
/// answer.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(try_from = "ReplyScript")]
#[must_use]
pub struct Reply {
    pub(crate) refusal: Option<ScriptedRefusal>,
    pub(crate) content: Content,
    pub(crate) reasoning: Vec<String>,
    pub(crate) finish_reason: Option<String>,
    pub(crate) tokens_per_second: Option<f64>,
    pub(crate) first_token_after: Option<Duration>,
    pub(crate) headers_after: Duration,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) ending: Ending,
    pub(crate) error_frame_status: Option<u16>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Content {
    /// The answer the simulator would give unasked.
    #[default]
    Derived,
    Text(String),
    Pieces(Vec<String>),
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Ending {
    #[default]
    Complete,
    WithoutDone,
    WithoutFinish,
    Stall {
        after: usize,
    },
    Cut {
        after: usize,
    },
    ErrorFrame {
        after: usize,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ScriptedRefusal {
    pub(crate) status: u16,
    pub(crate) retry_after: RetryAfter,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum RetryAfter {
    /// As the service does it: only on a 429.
    Usual,
    Seconds(u64),
    Omitted,
}

impl Reply {
    /// The answer the simulator would give unasked, as a base for the other methods.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers with `text`, split into tokens by the simulator.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            content: Content::Text(text.into()),
            ..Self::default()
        }
    }

    /// Refuses the request with an error status, in the words and headers of the service. A 403
    /// and a 502 are HTML pages, as they come from the proxies in front of it. What is set for the
    /// text or the stream of an answer has no effect.
    pub fn status(status: u16) -> Self {
        let refusal = ScriptedRefusal {
            status,
            retry_after: RetryAfter::Usual,
        };
        Self {
            refusal: Some(refusal),
            ..Self::default()
        }
    }

    /// Sends exactly these content deltas.
    pub fn with_pieces<P: Into<String>>(mut self, pieces: impl IntoIterator<Item = P>) -> Self {
        self.content = Content::Pieces(pieces.into_iter().map(Into::into).collect());
        self
    }

    /// Sends exactly these reasoning deltas before the content, unless the request hides them.
    pub fn with_reasoning<P: Into<String>>(mut self, pieces: impl IntoIterator<Item = P>) -> Self {
        self.reasoning = pieces.into_iter().map(Into::into).collect();
        self
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

    /// Ends with this finish reason in place of `stop`.
    pub fn finish_reason(mut self, reason: impl Into<String>) -> Self {
        self.finish_reason = Some(reason.into());
        self
    }

    /// Falls silent after so many chunks and keeps the connection open until the client leaves.
    pub fn stall_after(mut self, n_chunks: usize) -> Self {
        self.ending = Ending::Stall { after: n_chunks };
        self
    }

    /// Breaks the connection off after so many chunks.
    pub fn cut_after(mut self, n_chunks: usize) -> Self {
        self.ending = Ending::Cut { after: n_chunks };
        self
    }

    /// Sends an `event: error` after so many chunks and ends there, without a finish chunk and
    /// without `[DONE]`.
    pub fn error_frame_after(mut self, n_chunks: usize) -> Self {
        self.ending = Ending::ErrorFrame { after: n_chunks };
        self
    }

    /// The status inside that error frame. It is 503, over capacity, if not set; 400 is a failed
    /// tool call.
    pub fn error_frame_status(mut self, status: u16) -> Self {
        self.error_frame_status = Some(status);
        self
    }

    /// Ends the body properly after the last delta: no finish chunk, no `[DONE]`.
    pub fn without_finish(mut self) -> Self {
        self.ending = Ending::WithoutFinish;
        self
    }

    /// Leaves only the `[DONE]` out.
    pub fn without_done(mut self) -> Self {
        self.ending = Ending::WithoutDone;
        self
    }

    /// Sends `retry-after` with a refusal, in whole seconds (a started second counts).
    pub fn retry_after(self, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.with_retry_after(RetryAfter::Seconds(seconds))
    }

    /// Leaves `retry-after` out of a 429; its message still says how long to wait.
    pub fn without_retry_after(self) -> Self {
        self.with_retry_after(RetryAfter::Omitted)
    }

    fn with_retry_after(mut self, retry_after: RetryAfter) -> Self {
        if let Some(refusal) = &mut self.refusal {
            refusal.retry_after = retry_after;
        }
        self
    }
}
