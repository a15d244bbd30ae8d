//! What is known of a reply, and what a reader of it is missing.

use std::collections::VecDeque;
use std::sync::Arc;

use domain::reply::{EventKind, LoggedEvent, Position, Reply, Restart};

use crate::frame::{Cursor, Frame, beginning};

/// What is known of a reply.
#[derive(Debug)]
pub(crate) struct Log {
    /// As of the present attempt, or of the end.
    pub(super) reply: Arc<Reply>,
    /// In order and without gaps; empty for a reply that was stored long ago.
    pub(super) events: Vec<LoggedEvent>,
    /// Of the present attempt.
    pub(super) text: String,
    /// Number of the last event known; -1 when none is.
    pub(super) last_sequence: i64,
}

impl Log {
    /// The log of a reply of which no event is known yet.
    pub(super) fn unread(reply: Arc<Reply>) -> Self {
        Self {
            reply,
            events: Vec::new(),
            text: String::new(),
            last_sequence: -1,
        }
    }

    /// The log of a reply that has ended, from its row alone.
    pub(crate) fn of_ended(reply: Arc<Reply>, events: Vec<LoggedEvent>) -> Self {
        let (text, last_sequence) = (reply.text.clone(), reply.last_sequence);
        Self {
            reply,
            events,
            text,
            last_sequence,
        }
    }

    pub(super) fn push(&mut self, event: LoggedEvent) {
        match &event.kind {
            EventKind::Created | EventKind::HandedOff(_) | EventKind::Ended => {}
            EventKind::Delta(text) => self.text.push_str(text),
            EventKind::Restarted(reason) => {
                let mut reply = Reply::clone(&self.reply);
                reply.attempt = event.position.attempt;
                reply.restart = Some(Restart {
                    sequence: event.position.sequence,
                    reason: *reason,
                });
                self.reply = Arc::new(reply);
                self.text.clear();
            }
        }
        self.last_sequence = event.position.sequence;
        self.events.push(event);
    }

    /// Where the text stands; an end adds no text, but is a place of its own.
    pub(super) fn text_position(&self) -> Position {
        let ending = if self.reply.has_ended() {
            1 + i64::from(self.reply.handoff.is_some())
        } else {
            0
        };
        let sequence = (self.last_sequence - ending).max(beginning(&self.reply).sequence);
        Position {
            attempt: self.reply.attempt,
            sequence,
            offset: self.text.len(),
        }
    }

    /// Whether the cursor stands at, or behind, the reply's end.
    pub(crate) fn is_finished_for(&self, cursor: Option<Cursor>) -> bool {
        self.reply.has_ended()
            && match cursor {
                None | Some(Cursor::Unusable) => false,
                Some(Cursor::Sequence(sequence)) => sequence >= self.reply.last_sequence,
                Some(Cursor::Event(id)) => {
                    id.position.attempt == self.reply.attempt
                        && id.position.sequence >= self.reply.last_sequence
                }
            }
    }

    /// What a reader with that cursor is missing up to now.
    pub(crate) fn backlog(&self, cursor: Option<Cursor>) -> VecDeque<Frame> {
        let mut frames = VecDeque::new();
        let place = cursor.map(|cursor| self.resolve(cursor));
        let knows_handoff = matches!(place, Some(Place::At(_)))
            && cursor.is_some_and(|cursor| self.is_behind_handoff(cursor));
        match place {
            None => {
                frames.push_back(Frame::Created(Arc::clone(&self.reply)));
                frames.extend(self.text_from(0));
            }
            Some(Place::At(offset)) => frames.extend(self.text_from(offset)),
            Some(Place::Discarded(restart)) => {
                frames.push_back(Frame::Restarted {
                    position: beginning(&self.reply),
                    reason: restart.reason,
                });
                frames.extend(self.text_from(0));
            }
            Some(Place::Unknown) => frames.push_back(Frame::Snapshot {
                position: self.text_position(),
                status: self.reply.state.status(),
                text: self.text.clone(),
            }),
        }
        if self.reply.has_ended() {
            if let (Some(reason), false) = (self.reply.handoff, knows_handoff) {
                let position = self.handoff_position();
                frames.push_back(Frame::HandedOff { position, reason });
            }
            frames.push_back(Frame::Ended(Arc::clone(&self.reply)));
        }
        frames
    }

    /// Where the handoff stands that came with the reply's end.
    fn handoff_position(&self) -> Position {
        Position {
            attempt: self.reply.attempt,
            sequence: self.reply.last_sequence - 1,
            offset: self.text.len(),
        }
    }

    /// Whether a reader with that cursor was told of the handoff that came with the reply's end.
    fn is_behind_handoff(&self, cursor: Cursor) -> bool {
        let handed_off = self.handoff_position();
        self.reply.has_ended()
            && self.reply.handoff.is_some()
            && match cursor {
                Cursor::Unusable => false,
                Cursor::Sequence(sequence) => sequence >= handed_off.sequence,
                Cursor::Event(id) => {
                    id.position.attempt == handed_off.attempt
                        && id.position.sequence >= handed_off.sequence
                }
            }
    }

    fn text_from(&self, offset: usize) -> Option<Frame> {
        let text = self.text.get(offset..).filter(|text| !text.is_empty())?;
        Some(Frame::Delta {
            position: self.text_position(),
            text: text.to_owned(),
        })
    }

    fn resolve(&self, cursor: Cursor) -> Place {
        match cursor {
            Cursor::Unusable => Place::Unknown,
            Cursor::Event(id) => self.place_of(id.position),
            Cursor::Sequence(sequence) => {
                let known = self
                    .events
                    .iter()
                    .find(|event| event.position.sequence == sequence);
                match known {
                    Some(event) => self.place_of(event.position),
                    None => self.place_of_trimmed(sequence),
                }
            }
        }
    }

    /// Of an event that is not kept any more only the number is left to go by.
    fn place_of_trimmed(&self, sequence: i64) -> Place {
        let beginning = beginning(&self.reply).sequence;
        match self.reply.restart {
            _ if self.is_behind_handoff(Cursor::Sequence(sequence)) => Place::At(self.text.len()),
            _ if sequence == beginning => Place::At(0),
            Some(restart) if (0..beginning).contains(&sequence) => Place::Discarded(restart),
            _ => Place::Unknown,
        }
    }

    fn place_of(&self, position: Position) -> Place {
        if position.attempt < self.reply.attempt {
            return self.reply.restart.map_or(Place::Unknown, Place::Discarded);
        }
        let usable = position.attempt == self.reply.attempt
            && position.sequence <= self.last_sequence
            && self.text.is_char_boundary(position.offset);
        if usable {
            Place::At(position.offset)
        } else {
            Place::Unknown
        }
    }

    /// Text per turn of a reader, in bytes, unless a single event has more. A reader who is far
    /// behind holds no more than this, and keeps no worker busy for long.
    const TURN: usize = 16 * 1024;

    /// The frames of some events from index `from` on, and the index behind them; neighbouring
    /// deltas are merged.
    pub(super) fn frames_from(&self, from: usize) -> (VecDeque<Frame>, usize) {
        let mut frames = VecDeque::new();
        let (mut next, mut bytes) = (from, 0);
        for event in self.events.iter().skip(from) {
            if bytes >= Self::TURN {
                break;
            }
            next += 1;
            let position = event.position;
            match &event.kind {
                EventKind::Created => {}
                EventKind::Restarted(reason) => {
                    frames.push_back(Frame::Restarted {
                        position,
                        reason: *reason,
                    });
                }
                // An end in the middle was followed by a new attempt.
                EventKind::HandedOff(reason) => {
                    if self.reply.has_ended() && position == self.handoff_position() {
                        let reason = *reason;
                        frames.push_back(Frame::HandedOff { position, reason });
                    }
                }
                EventKind::Ended => {
                    if self.reply.has_ended() && position.sequence == self.reply.last_sequence {
                        frames.push_back(Frame::Ended(Arc::clone(&self.reply)));
                    }
                }
                EventKind::Delta(more) => {
                    bytes += more.len();
                    if let Some(Frame::Delta {
                        position: end,
                        text,
                    }) = frames.back_mut()
                    {
                        *end = position;
                        text.push_str(more);
                    } else {
                        frames.push_back(Frame::Delta {
                            position,
                            text: more.clone(),
                        });
                    }
                }
            }
        }
        (frames, next)
    }
}

/// Where a cursor stands.
enum Place {
    /// At this offset of the present attempt's text.
    At(usize),
    /// In the text of an earlier attempt.
    Discarded(Restart),
    /// Nowhere that is known.
    Unknown,
}
