use std::time::Duration;

use serde::Deserialize;

use crate::reply::Reply;

/// In which form the body leaves.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct WireFormat {
    pub(crate) line_ends: LineEnd,
    pub(crate) byte_order_mark: bool,
    pub(crate) unterminated: bool,
    /// Texts, each with the number of chunks before it.
    pub(crate) inserted: Vec<(usize, String)>,
    pub(crate) comment_every: Option<Duration>,
    pub(crate) writes: Writes,
    pub(crate) by_reset: bool,
}

/// How the lines of a stream end.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum LineEnd {
    /// `\n`, as the service does it.
    #[default]
    Lf,
    /// `\r\n`.
    CrLf,
    /// `\r`.
    Cr,
}

/// How much of a body is written at a time.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Writes {
    /// What is due at the same time may go out together.
    #[default]
    AsDue,
    /// At most so many bytes.
    Bytes(usize),
    /// A write ends within every character of several bytes.
    WithinCharacters,
    /// A write ends within every `\r\n`, and within every blank line.
    WithinLineEnds,
}

impl LineEnd {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
            Self::Cr => "\r",
        }
    }
}

impl Reply {
    /// Splits the body into writes of this size.
    pub fn writes(mut self, writes: Writes) -> Self {
        self.wire_format.writes = writes;
        self
    }

    /// Ends the lines of the stream in this way.
    pub fn line_ends(mut self, line_end: LineEnd) -> Self {
        self.wire_format.line_ends = line_end;
        self
    }

    /// Starts the stream with a byte order mark.
    pub fn byte_order_mark(mut self) -> Self {
        self.wire_format.byte_order_mark = true;
        self
    }

    /// Leaves out the blank line after the last event, whichever that is.
    pub fn unterminated(mut self) -> Self {
        self.wire_format.unterminated = true;
        self
    }

    /// Sends this text as it stands after so many chunks: a comment, a ping, a broken event. It
    /// does not count as a chunk.
    pub fn insert_after(mut self, n_chunks: usize, text: impl Into<String>) -> Self {
        self.wire_format.inserted.push((n_chunks, text.into()));
        self
    }

    /// Sends a comment whenever nothing else was sent for so long.
    pub fn comment_every(mut self, interval: Duration) -> Self {
        self.wire_format.comment_every = Some(interval);
        self
    }
}
