//! The shared log of one reply in memory, and readers' places in it.
//!
//! It must not know where frames come from: a generation of this process and a follower of another
//! one publish alike.

mod log;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::ids::ReplyId;
use domain::reply::{EventKind, LoggedEvent, Reply};
use tokio::sync::watch;
use tokio::time::Instant;

pub(crate) use self::log::Log;
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
        self.log().frames_from(next)
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
