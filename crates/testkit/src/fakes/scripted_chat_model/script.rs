use std::sync::Arc;
use std::time::Duration;

use domain::ports::{ChatChunk, ChatModelError, Finish, RetryAdvice};
use tokio::sync::Semaphore;

/// What the model does at one call.
#[derive(Clone, Debug, Default)]
pub struct Script {
    pub(super) opening: Opening,
    pub(super) chunks: Vec<ChatChunk>,
    pub(super) gate: Option<Gate>,
    pub(super) end: End,
    pub(super) end_is_gated: bool,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Opening {
    #[default]
    Accepts,
    Refuses(ModelFault),
    NeverAnswers,
}

#[derive(Clone, Debug, Default)]
pub(super) enum End {
    #[default]
    Stops,
    StopsHandingOff,
    Finishes(Finish),
    Fails(ModelFault),
    Stalls,
    CutsOff,
}

impl Script {
    /// Says these pieces and stops.
    pub fn replying<'a>(pieces: impl IntoIterator<Item = &'a str>) -> Self {
        let text = |piece: &str| ChatChunk::Text(piece.to_owned());
        Self {
            chunks: pieces.into_iter().map(text).collect(),
            ..Self::default()
        }
    }

    /// Says each piece only when the gate releases it. The end follows the last piece unless
    /// [`gating_its_end`](Self::gating_its_end) is said too.
    pub fn gated<'a>(pieces: impl IntoIterator<Item = &'a str>) -> (Self, Gate) {
        let gate = Gate::default();
        let script = Self {
            gate: Some(gate.clone()),
            ..Self::replying(pieces)
        };
        (script, gate)
    }

    /// Begins no answer.
    pub fn refusing(fault: ModelFault) -> Self {
        Self {
            opening: Opening::Refuses(fault),
            ..Self::default()
        }
    }

    /// Neither accepts nor refuses the request.
    pub fn never_answering() -> Self {
        Self {
            opening: Opening::NeverAnswers,
            ..Self::default()
        }
    }

    /// Gives a sign of life without text before everything else.
    #[must_use]
    pub fn after_thinking(mut self) -> Self {
        self.chunks.insert(0, ChatChunk::Thinking);
        self
    }

    /// Fails behind the last piece.
    #[must_use]
    pub fn then_fails(self, fault: ModelFault) -> Self {
        self.with_end(End::Fails(fault))
    }

    /// Falls silent behind the last piece, for ever.
    #[must_use]
    pub fn then_stalls(self) -> Self {
        self.with_end(End::Stalls)
    }

    /// Ends behind the last piece without saying that it finished.
    #[must_use]
    pub fn cut_off(self) -> Self {
        self.with_end(End::CutsOff)
    }

    /// Stops and lets people take over.
    #[must_use]
    pub fn handing_off(self) -> Self {
        self.with_end(End::StopsHandingOff)
    }

    /// Finishes in this way.
    #[must_use]
    pub fn ending(self, finish: Finish) -> Self {
        self.with_end(End::Finishes(finish))
    }

    /// Lets the end, too, wait for one release of the gate.
    #[must_use]
    pub fn gating_its_end(mut self) -> Self {
        self.end_is_gated = true;
        self
    }

    fn with_end(mut self, end: End) -> Self {
        self.end = end;
        self
    }
}

/// Holds pieces of an answer back until a test wants them said.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Semaphore>);

impl Gate {
    /// Lets the next pieces through, so many of them.
    pub fn release(&self, pieces: usize) {
        self.0.add_permits(pieces);
    }

    /// Holds nothing back any more.
    pub fn open(&self) {
        self.0.close();
    }

    pub(super) async fn pass(&self) {
        // A closed semaphore is an open gate.
        if let Ok(permit) = self.0.acquire().await {
            permit.forget();
        }
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }
}

/// A [`ChatModelError`] that can be copied into a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelFault {
    /// [`ChatModelError::RateLimited`].
    RateLimited {
        /// How long the host asks to wait.
        retry_after: Option<Duration>,
    },
    /// [`ChatModelError::Rejected`].
    Rejected {
        /// The host's HTTP status.
        status: u16,
    },
    /// [`ChatModelError::ContextTooLong`].
    ContextTooLong,
    /// [`ChatModelError::ContentRefused`].
    ContentRefused,
    /// [`ChatModelError::TimedOut`].
    TimedOut,
    /// [`ChatModelError::Unavailable`].
    Unavailable,
    /// [`ChatModelError::Malformed`].
    Malformed,
}

impl ModelFault {
    /// The error.
    pub fn into_error(self) -> ChatModelError {
        const CAUSE: &str = "ordered by the test";
        match self {
            Self::RateLimited { retry_after } => ChatModelError::RateLimited {
                advice: RetryAdvice {
                    after: retry_after,
                    wanted: None,
                },
            },
            Self::Rejected { status } => ChatModelError::Rejected { status },
            Self::ContextTooLong => ChatModelError::ContextTooLong,
            Self::ContentRefused => ChatModelError::ContentRefused,
            Self::TimedOut => ChatModelError::TimedOut,
            Self::Unavailable => ChatModelError::Unavailable {
                source: CAUSE.into(),
                advice: RetryAdvice::default(),
            },
            Self::Malformed => ChatModelError::Malformed(CAUSE.into()),
        }
    }
}
