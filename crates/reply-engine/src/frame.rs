use std::sync::Arc;
use std::time::Duration;

use domain::handoff::HandoffReason;
use domain::reply::{EventId, EventKind, LoggedEvent, Position, Reply, RestartReason};

/// From where a reader wants to continue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// Behind the event of this id.
    Event(EventId),
    /// Behind the event of this number.
    Sequence(i64),
    /// Behind something that was not understood: the reader shows a text nobody knows.
    Unusable,
}

/// What a reader is told, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Frame {
    /// The reply and its present attempt; opens a reading without a cursor.
    Created(Arc<Reply>),
    /// Replace the text shown: the cursor could not be used.
    Snapshot {
        /// The place that the text reaches.
        position: Position,
        /// The reply's status.
        status: &'static str,
        /// The whole text up to there.
        text: String,
    },
    /// Append to the text shown.
    Delta {
        /// The place that the text then reaches.
        position: Position,
        /// One or several deltas of the log.
        text: String,
    },
    /// Discard the text shown.
    Restarted {
        /// The beginning of the new attempt.
        position: Position,
        /// Why.
        reason: RestartReason,
    },
    /// People take over; the reply's end follows.
    HandedOff {
        /// The place in front of the end.
        position: Position,
        /// Why.
        reason: HandoffReason,
    },
    /// The reply's end; the last frame.
    Ended(Arc<Reply>),
    /// The server stops serving this reading before the reply's end; the last frame.
    Closing {
        /// Why.
        reason: ClosingReason,
        /// After how long to come back.
        reconnect: Duration,
    },
}

/// Why a reading ends before its reply does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosingReason {
    /// The process shuts down.
    Shutdown,
    /// The reader may not see the ticket any more.
    AccessLost,
}

/// Where the present attempt of a reply begins.
pub(crate) fn beginning(reply: &Reply) -> Position {
    let sequence = reply.restart.map_or(0, |restart| restart.sequence);
    Position {
        attempt: reply.attempt,
        sequence,
        offset: 0,
    }
}

/// The events with which a reply that has ended came to its end, as its row tells them.
pub(crate) fn ending(reply: &Reply) -> Vec<LoggedEvent> {
    let place = |sequence| Position {
        attempt: reply.attempt,
        sequence,
        offset: reply.text.len(),
    };
    let handed_off = reply.handoff.map(|reason| LoggedEvent {
        position: place(reply.last_sequence - 1),
        kind: EventKind::HandedOff(reason),
    });
    let ended = LoggedEvent {
        position: place(reply.last_sequence),
        kind: EventKind::Ended,
    };
    handed_off.into_iter().chain([ended]).collect()
}
