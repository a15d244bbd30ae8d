use serde::Deserialize;

use crate::reply::Reply;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Ending {
    #[default]
    Complete,
    WithoutDone,
    WithoutFinish,
    Stall(Place),
    Cut(Place),
    CutBeforeHead,
    ErrorFrame {
        after: usize,
    },
    Garbage {
        after: usize,
    },
    Endless {
        after: usize,
    },
    EndlessLine {
        after: usize,
    },
}

/// Where in the body something happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    Chunk(usize),
    Byte(usize),
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct ErrorFrame {
    pub(crate) status: Option<u16>,
    pub(crate) form: ErrorForm,
}

/// In which of the known ways an error is told in the middle of a stream.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum ErrorForm {
    /// `event: error` with `{"error": {..}}`, the only one seen from the service itself.
    #[default]
    Event,
    /// `{"error": {..}}` without the event's name.
    Object,
    /// `{"error": "message"}`.
    Text,
    /// An ordinary chunk with the message as `x_groq.error`.
    XGroq,
}

impl Reply {
    /// Falls silent after so many chunks and keeps the connection open until the client leaves.
    pub fn stall_after(self, n_chunks: usize) -> Self {
        self.ending(Ending::Stall(Place::Chunk(n_chunks)))
    }

    /// Falls silent after so many bytes of the body.
    pub fn stall_at_byte(self, n_bytes: usize) -> Self {
        self.ending(Ending::Stall(Place::Byte(n_bytes)))
    }

    /// Breaks the connection off after so many chunks, when the next one would be due.
    pub fn cut_after(self, n_chunks: usize) -> Self {
        self.ending(Ending::Cut(Place::Chunk(n_chunks)))
    }

    /// Breaks the connection off after so many bytes of the body. A body that is not longer than
    /// that lacks only its end.
    pub fn cut_at_byte(self, n_bytes: usize) -> Self {
        self.ending(Ending::Cut(Place::Byte(n_bytes)))
    }

    /// Breaks the connection off in place of an answer: there is not even a status.
    pub fn cut_before_head(self) -> Self {
        self.ending(Ending::CutBeforeHead)
    }

    /// Lets a cut be a reset of the connection (RST); it is a mere end of it (FIN) otherwise.
    pub fn by_reset(mut self) -> Self {
        self.wire_format.by_reset = true;
        self
    }

    /// Sends an `event: error` after so many chunks and ends there, without a finish chunk and
    /// without `[DONE]`.
    pub fn error_frame_after(self, n_chunks: usize) -> Self {
        self.ending(Ending::ErrorFrame { after: n_chunks })
    }

    /// The status inside that error frame. It is 503, over capacity, if not set; 400 is a failed
    /// tool call.
    pub fn error_frame_status(mut self, status: u16) -> Self {
        self.error_frame.status = Some(status);
        self
    }

    /// Sends that error in another form.
    pub fn error_frame_form(mut self, form: ErrorForm) -> Self {
        self.error_frame.form = form;
        self
    }

    /// Sends bytes that are no events and no UTF-8 after so many chunks, and ends the body there.
    pub fn garbage_after(self, n_chunks: usize) -> Self {
        self.ending(Ending::Garbage { after: n_chunks })
    }

    /// Goes on with content deltas after so many chunks until the client leaves.
    pub fn endless_after(self, n_chunks: usize) -> Self {
        self.ending(Ending::Endless { after: n_chunks })
    }

    /// Sends one line after so many chunks that goes on until the client leaves.
    pub fn endless_line_after(self, n_chunks: usize) -> Self {
        self.ending(Ending::EndlessLine { after: n_chunks })
    }

    /// Ends the body properly after the last delta: no finish chunk, no `[DONE]`.
    pub fn without_finish(self) -> Self {
        self.ending(Ending::WithoutFinish)
    }

    /// Leaves only the `[DONE]` out.
    pub fn without_done(self) -> Self {
        self.ending(Ending::WithoutDone)
    }

    fn ending(mut self, ending: Ending) -> Self {
        self.ending = ending;
        self
    }
}
