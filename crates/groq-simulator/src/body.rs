mod splitting;

use std::{future, io, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::{
    task::yield_now,
    time::{Instant, sleep, sleep_until},
};

pub(crate) use crate::body::splitting::Part;
use crate::{
    body::splitting::{first_bytes, split},
    connection::{Break, Breaker},
    journal::{Exchange, Outcome},
    reply::{Ending, Place, Reply, WireFormat, Writes},
};

const COMMENT: &[u8] = b": keep-alive\n\n";

/// How a body leaves.
#[derive(Debug)]
pub(crate) struct Delivery {
    end: End,
    /// When a cut happens at the earliest.
    ends: Duration,
    /// What is noted when all was sent.
    outcome: Outcome,
    breaker: Breaker,
    comment_every: Option<Duration>,
    /// How many bytes of the body are sent at most.
    limit: usize,
    writes: Writes,
}

/// How a body ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Clean,
    Cut(Break),
    /// Nothing more comes, and the connection stays open.
    Silence,
}

struct Sending<I> {
    parts: I,
    /// Taken from the parts, but not due yet.
    upcoming: Option<Part>,
    delivery: Delivery,
    exchange: Exchange,
    started: Instant,
    last_sent: Instant,
}

impl WireFormat {
    pub(crate) fn manner_of_break(&self) -> Break {
        if self.by_reset {
            Break::Reset
        } else {
            Break::Close
        }
    }
}

impl Delivery {
    pub(crate) fn of(reply: &Reply, outcome: Outcome, breaker: Breaker) -> Self {
        Self {
            end: match reply.ending {
                Ending::Cut(_) | Ending::CutBeforeHead => {
                    End::Cut(reply.wire_format.manner_of_break())
                }
                Ending::Stall(_) => End::Silence,
                _ => End::Clean,
            },
            ends: Duration::ZERO,
            outcome,
            breaker,
            comment_every: reply.wire_format.comment_every,
            limit: match reply.ending {
                Ending::Cut(Place::Byte(at)) | Ending::Stall(Place::Byte(at)) => at,
                _ => usize::MAX,
            },
            writes: reply.wire_format.writes,
        }
    }

    pub(crate) fn ending_at(self, ends: Duration) -> Self {
        Self { ends, ..self }
    }
}

/// A response body that sends every part when it is due and then ends as it is told to. If the
/// client leaves before, the body is dropped, and the exchange with it notes that.
pub(crate) fn paced(
    parts: impl Iterator<Item = Part>,
    delivery: Delivery,
    exchange: Exchange,
) -> impl Stream<Item = io::Result<Bytes>> {
    let now = Instant::now();
    let parts = split(first_bytes(parts, delivery.limit), delivery.writes);
    let sending = Sending {
        parts,
        upcoming: None,
        delivery,
        exchange,
        started: now,
        last_sent: now,
    };
    stream::unfold(sending, Sending::next)
}

impl<I: Iterator<Item = Part>> Sending<I> {
    async fn next(mut self) -> Option<(io::Result<Bytes>, Self)> {
        if let Some(part) = self.upcoming.take().or_else(|| self.parts.next()) {
            let bytes = self.wait_for(part).await;
            return Some((Ok(bytes), self));
        }
        match self.delivery.end {
            End::Clean => {
                self.exchange.finish(self.delivery.outcome);
                None
            }
            End::Silence => match self.delivery.comment_every {
                Some(interval) => {
                    sleep(interval).await;
                    Some((Ok(Bytes::from_static(COMMENT)), self))
                }
                None => future::pending().await,
            },
            End::Cut(how) => {
                sleep_until(self.started + self.delivery.ends).await;
                self.exchange.finish(Outcome::Cut);
                self.delivery.breaker.break_off(how).await
            }
        }
    }

    /// The part when it is due, or a comment when that comes first.
    async fn wait_for(&mut self, part: Part) -> Bytes {
        let due = self.started + part.due;
        let comment = self.delivery.comment_every.map(|it| self.last_sent + it);
        if let Some(comment) = comment.filter(|comment| *comment < due) {
            sleep_until(comment).await;
            self.last_sent = Instant::now();
            self.upcoming = Some(part);
            return Bytes::from_static(COMMENT);
        }
        if due > Instant::now() {
            sleep_until(due).await;
        } else if self.delivery.writes != Writes::AsDue {
            // The server writes what it has when it has to wait for more.
            yield_now().await;
        }
        self.last_sent = Instant::now();
        if part.ends_chunk {
            self.exchange.chunk_sent();
        }
        part.bytes
    }
}
