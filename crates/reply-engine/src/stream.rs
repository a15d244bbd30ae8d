use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use domain::ids::ReplyId;
use futures_util::stream::{self, Stream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::frame::{ClosingReason, Frame};
use crate::live::{LiveReply, Pulse, Subscription};

/// One reader's way through a reply. Dropping it loses nothing and stops nothing.
#[derive(Debug)]
pub struct ReplyStream {
    reply_id: Option<ReplyId>,
    ready: VecDeque<Frame>,
    tail: Option<Tail>,
}

#[derive(Debug)]
struct Tail {
    live: Arc<LiveReply>,
    news: watch::Receiver<i64>,
    next: usize,
    closing: CancellationToken,
}

impl ReplyStream {
    /// A reading of a reply that has ended.
    pub(crate) fn of_ended(reply_id: ReplyId, frames: VecDeque<Frame>) -> Self {
        Self {
            reply_id: Some(reply_id),
            ready: frames,
            tail: None,
        }
    }

    /// A reading of a reply that may go on.
    pub(crate) fn of_live(
        live: Arc<LiveReply>,
        subscription: Subscription,
        closing: CancellationToken,
    ) -> Self {
        let Subscription {
            backlog,
            next,
            tail: news,
            ..
        } = subscription;
        Self {
            reply_id: Some(live.id()),
            ready: backlog,
            tail: Some(Tail {
                live,
                news,
                next,
                closing,
            }),
        }
    }

    /// A reading that sends its reader elsewhere at once, where a reply would have to be begun.
    /// To refuse it would stop the browsers' `EventSource` for good.
    pub(crate) fn of_closing() -> Self {
        Self {
            reply_id: None,
            ready: [closing()].into(),
            tail: None,
        }
    }

    /// The reply that is read; none when it is left to another process to begin one.
    pub const fn reply_id(&self) -> Option<ReplyId> {
        self.reply_id
    }

    /// Tells whether the reply is still being worked on.
    pub fn pulse(&self) -> Pulse {
        Pulse(self.tail.as_ref().map(|tail| Arc::clone(&tail.live)))
    }

    /// The next frame; none after the last.
    pub async fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                if matches!(frame, Frame::Ended(_) | Frame::Closing { .. }) {
                    self.tail = None;
                    self.ready.clear();
                }
                return Some(frame);
            }
            let tail = self.tail.as_mut()?;
            self.ready = tail.more().await?;
        }
    }

    /// The frames as a stream.
    pub fn into_stream(self) -> impl Stream<Item = Frame> + Send {
        stream::unfold(self, |mut reading| async {
            let frame = reading.next().await?;
            Some((frame, reading))
        })
    }
}

/// How long clients wait before they come back to a server that restarts, in milliseconds.
const RECONNECT_MS: std::ops::Range<u64> = 500..2_500;

fn closing() -> Frame {
    Frame::Closing {
        reason: ClosingReason::Shutdown,
        // Spread out, so that a restart is not followed by a stampede.
        reconnect: Duration::from_millis(rand::random_range(RECONNECT_MS)),
    }
}

impl Tail {
    /// Waits for news; none when the log is gone.
    async fn more(&mut self) -> Option<VecDeque<Frame>> {
        self.news.borrow_and_update();
        let (frames, next) = self.live.frames_since(self.next);
        self.next = next;
        if !frames.is_empty() {
            return Some(frames);
        }
        tokio::select! {
            biased;
            changed = self.news.changed() => changed.ok().map(|()| VecDeque::new()),
            () = self.closing.cancelled() => Some([closing()].into()),
        }
    }
}
