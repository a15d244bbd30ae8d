//! The shared log of one reply in memory, and readers' places in it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::ids::ReplyId;
use domain::reply::{EventKind, LoggedEvent, Position, Reply, Restart};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::frame::{Cursor, Frame, beginning};

/// A reply's log as far as this process knows it. Whoever reads the store feeds it; readers are
/// woken by its tail.
#[derive(Debug)]
pub(crate) struct LiveReply {
    id: ReplyId,
    log: Mutex<Log>,
    tail: watch::Sender<i64>,
    alive_until: Mutex<Instant>,
}

/// What is known of a reply.
#[derive(Debug)]
pub(crate) struct Log {
    /// As of the present attempt, or of the end.
    reply: Arc<Reply>,
    /// In order and without gaps; empty for a reply that was stored long ago.
    events: Vec<LoggedEvent>,
    /// Of the present attempt.
    text: String,
    /// Number of the last event known; -1 when none is.
    last_sequence: i64,
}

impl Log {
    /// The log of a reply of which no event is known yet.
    fn unread(reply: Arc<Reply>) -> Self {
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

    fn push(&mut self, event: LoggedEvent) {
        match &event.kind {
            EventKind::Created | EventKind::Ended => {}
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
    fn text_position(&self) -> Position {
        let ended = i64::from(self.reply.has_ended());
        let sequence = (self.last_sequence - ended).max(beginning(&self.reply).sequence);
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
        match cursor.map(|cursor| self.resolve(cursor)) {
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
            frames.push_back(Frame::Ended(Arc::clone(&self.reply)));
        }
        frames
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

    /// The frames of the events from index `from` on; neighbouring deltas are merged.
    fn frames_from(&self, from: usize) -> VecDeque<Frame> {
        let mut frames = VecDeque::new();
        for event in self.events.iter().skip(from) {
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
                EventKind::Ended => {
                    if self.reply.has_ended() && position.sequence == self.reply.last_sequence {
                        frames.push_back(Frame::Ended(Arc::clone(&self.reply)));
                    }
                }
                EventKind::Delta(more) => {
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
        frames
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

impl LiveReply {
    /// The log of a reply of which no event is known yet.
    pub(crate) fn new(reply: Arc<Reply>) -> Self {
        let id = reply.id;
        Self {
            id,
            log: Mutex::new(Log::unread(reply)),
            tail: watch::Sender::new(-1),
            alive_until: Mutex::new(Instant::now()),
        }
    }

    pub(crate) const fn id(&self) -> ReplyId {
        self.id
    }

    pub(crate) fn last_sequence(&self) -> i64 {
        self.log().last_sequence
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.log().reply.has_ended()
    }

    /// Takes in events as far as they continue the log, and wakes the readers. `head` is needed
    /// with the event that ends the reply.
    pub(crate) fn publish(&self, events: Vec<LoggedEvent>, head: Option<Arc<Reply>>) {
        let mut log = self.log();
        for event in events {
            // Readers of the store may overlap with the writer; nothing is taken in twice.
            // The first known need not be the reply's first: earlier attempts' get trimmed.
            if log.events.is_empty() || event.position.sequence == log.last_sequence + 1 {
                log.push(event);
            }
        }
        if let Some(head) = head
            && head.has_ended()
            && head.last_sequence == log.last_sequence
        {
            log.text.clone_from(&head.text);
            log.reply = head;
        }
        let last = log.last_sequence;
        drop(log);
        self.tail.send_replace(last);
    }

    /// Gives up the text of an earlier attempt for that of the reply as it stands now. It does not
    /// matter which events led there: a database that crashed may have lost the last of them, and
    /// given their numbers again.
    pub(crate) fn restart(&self, head: &Reply) {
        let mut log = self.log();
        if let Some(restart) = head.restart
            && head.attempt > log.reply.attempt
        {
            let kind = EventKind::Restarted(restart.reason);
            log.push(LoggedEvent {
                position: beginning(head),
                kind,
            });
        }
        let last = log.last_sequence;
        drop(log);
        self.tail.send_replace(last);
    }

    /// Waits until the event of that number is known.
    pub(crate) async fn reaches(&self, sequence: i64) {
        // The sender lives as long as `self`, so this cannot fail.
        drop(
            self.tail
                .subscribe()
                .wait_for(|last| *last >= sequence)
                .await,
        );
    }

    /// Opens a reading: what is missing now, and the place from which to go on.
    pub(crate) fn subscribe(&self, cursor: Option<Cursor>) -> Subscription {
        let log = self.log();
        Subscription {
            finished: log.is_finished_for(cursor),
            backlog: log.backlog(cursor),
            next: log.events.len(),
            tail: self.tail.subscribe(),
        }
    }

    /// The frames behind index `next`, and the index to go on from.
    pub(crate) fn frames_since(&self, next: usize) -> (VecDeque<Frame>, usize) {
        let log = self.log();
        (log.frames_from(next), log.events.len())
    }

    /// Keeps a follower at work until the reading is opened.
    pub(crate) fn hold(&self) -> watch::Receiver<i64> {
        self.tail.subscribe()
    }

    pub(crate) fn has_readers(&self) -> bool {
        self.tail.receiver_count() > 0
    }

    /// Somebody holds the reply's lease for that long.
    pub(crate) fn keep_alive(&self, lease: Duration) {
        *lock(&self.alive_until) = Instant::now() + lease;
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }
}

/// No code panics while it holds one of these locks, so what they guard is whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A reading as it begins.
#[derive(Debug)]
pub(crate) struct Subscription {
    pub(crate) finished: bool,
    pub(crate) backlog: VecDeque<Frame>,
    pub(crate) next: usize,
    pub(crate) tail: watch::Receiver<i64>,
}

/// Tells whether a reply is still being worked on, so that heartbeats never promise what nobody
/// keeps.
#[derive(Clone, Debug)]
pub struct Pulse(pub(crate) Option<Arc<LiveReply>>);

impl Pulse {
    /// Whether somebody holds the reply's lease.
    pub fn is_alive(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|live| *lock(&live.alive_until) > Instant::now())
    }
}

#[cfg(test)]
mod tests;
