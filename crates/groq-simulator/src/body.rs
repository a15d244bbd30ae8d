use std::{future, io, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::{
    task::yield_now,
    time::{Instant, sleep_until},
};

use crate::{
    journal::{Exchange, Outcome},
    transcript::End,
};

/// A response body that sends every part when it is due and then ends as it is told to. If the
/// client leaves before, the body is dropped, and the exchange with it notes that.
pub(crate) fn paced(
    parts: impl Iterator<Item = (Duration, Bytes)>,
    end: End,
    exchange: Exchange,
) -> impl Stream<Item = io::Result<Bytes>> {
    let sending = Sending {
        parts,
        end,
        exchange,
        started: Instant::now(),
    };
    stream::unfold(sending, Sending::next)
}

struct Sending<I> {
    parts: I,
    end: End,
    exchange: Exchange,
    started: Instant,
}

impl<I: Iterator<Item = (Duration, Bytes)>> Sending<I> {
    async fn next(mut self) -> Option<(io::Result<Bytes>, Self)> {
        if let Some((due, bytes)) = self.parts.next() {
            self.wait_until(due).await;
            self.exchange.chunk_sent();
            return Some((Ok(bytes), self));
        }
        match self.end {
            End::Clean => {
                self.exchange.finish(Outcome::Completed);
                None
            }
            End::Silence => future::pending().await,
            End::Cut => {
                // The server drops what it has not written yet when a body fails. Being asked
                // again means that it has written the parts so far.
                yield_now().await;
                self.exchange.finish(Outcome::Cut);
                Some((Err(io::Error::from(io::ErrorKind::ConnectionAborted)), self))
            }
        }
    }

    async fn wait_until(&self, due: Duration) {
        let instant = self.started + due;
        if instant > Instant::now() {
            sleep_until(instant).await;
        }
    }
}
