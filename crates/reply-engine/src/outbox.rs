//! Text of one generation on its way into the log.

use std::sync::{Arc, Mutex};

use domain::ports::{AppendOutcome, Appending};
use domain::reply::{EventKind, Lease, LoggedEvent, Position, Reply};
use tokio::sync::watch;

use crate::frame::beginning;
use crate::live::{LiveReply, lock};

/// What one generation has said and the log has not yet. While a commit is under way, further
/// text gathers here and becomes one event.
#[derive(Debug)]
pub(crate) struct Outbox {
    lease: Lease,
    live: Arc<LiveReply>,
    state: Mutex<State>,
    progress: watch::Sender<Progress>,
}

#[derive(Debug)]
struct State {
    text: String,
    end: Position,
    in_flight: Option<LoggedEvent>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Progress {
    unwritten: usize,
    fenced: bool,
}

/// The lease is void: nothing more is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fenced;

impl Outbox {
    /// Bytes that may wait for the log before the model is made to wait.
    const MAX_UNWRITTEN: usize = 256 * 1024;

    /// An outbox that writes behind the beginning of the reply's present attempt.
    pub(crate) fn new(lease: Lease, reply: &Reply, live: Arc<LiveReply>) -> Self {
        let state = State {
            text: String::new(),
            end: beginning(reply),
            in_flight: None,
        };
        let progress = watch::Sender::new(Progress {
            unwritten: 0,
            fenced: false,
        });
        Self {
            lease,
            live,
            state: Mutex::new(state),
            progress,
        }
    }

    /// Adds text. The caller tells the writer.
    pub(crate) fn push(&self, text: &str) {
        let mut state = lock(&self.state);
        // PostgreSQL's text cannot hold U+0000; U+FFFD stands for what cannot be shown.
        state
            .text
            .extend(text.chars().map(|c| if c == '\0' { '\u{FFFD}' } else { c }));
        self.progress
            .send_modify(|progress| progress.unwritten = state.unwritten());
    }

    /// Waits while too much is unwritten.
    pub(crate) async fn has_room(&self) -> Result<(), Fenced> {
        self.waits_for(|progress| progress.unwritten <= Self::MAX_UNWRITTEN)
            .await
    }

    /// Waits until everything is in the log.
    pub(crate) async fn is_written(&self) -> Result<(), Fenced> {
        self.waits_for(|progress| progress.unwritten == 0).await
    }

    async fn waits_for(&self, done: impl Fn(&Progress) -> bool) -> Result<(), Fenced> {
        let mut progress = self.progress.subscribe();
        let reached = progress
            .wait_for(|progress| progress.fenced || done(progress))
            .await;
        match reached {
            Ok(progress) if !progress.fenced => Ok(()),
            _ => Err(Fenced),
        }
    }

    /// Takes what is unwritten as one event, for the writer.
    pub(crate) fn take(&self) -> Option<Appending> {
        let mut state = lock(&self.state);
        if state.in_flight.is_none() && !state.text.is_empty() {
            let text = std::mem::take(&mut state.text);
            state.end.sequence += 1;
            state.end.offset += text.len();
            state.in_flight = Some(LoggedEvent {
                position: state.end,
                kind: EventKind::Delta(text),
            });
        }
        let event = state.in_flight.clone()?;
        Some(Appending {
            lease: self.lease,
            events: vec![event],
        })
    }

    /// Learns what became of the event taken, and publishes it once it is in the log.
    pub(crate) fn settle(&self, outcome: AppendOutcome) {
        // Held to the end, so that text pushed meanwhile is not taken for written.
        let mut state = lock(&self.state);
        let event = state.in_flight.take();
        let fenced = outcome == AppendOutcome::Fenced;
        if let (Some(event), false) = (event, fenced) {
            self.live.publish(vec![event], None);
        }
        self.progress.send_modify(|progress| {
            progress.unwritten = state.unwritten();
            progress.fenced |= fenced;
        });
    }
}

impl State {
    fn unwritten(&self) -> usize {
        let in_flight = match self.in_flight.as_ref().map(|event| &event.kind) {
            Some(EventKind::Delta(text)) => text.len(),
            _ => 0,
        };
        self.text.len() + in_flight
    }
}
