use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use bytes::Bytes;
use futures_util::future::Future as _;
use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep};

pin_project! {
    /// Adds what clients need to a stream of encoded events and what actix-web-lab's own helpers
    /// send in a form that breaks clients: the retry time as a field of the first event, and
    /// heartbeats that are one comment line without the blank line that would dispatch an event.
    pub(super) struct SseBody<B, A> {
        #[pin]
        events: B,
        #[pin]
        silence: Sleep,
        // Whether somebody works on the reply: heartbeats promise that.
        is_alive: A,
        begun: bool,
        // Set when the next event tells clients when to come back.
        retry: Rc<Cell<Option<u128>>>,
    }
}

impl<B, A> SseBody<B, A> {
    /// How long a client waits before it comes back after a lost connection, in milliseconds.
    const RETRY_MS: u128 = 1_500;
    /// Proxies give up on silent connections after 60 s or more.
    const HEARTBEAT: Duration = Duration::from_secs(15);

    pub(super) fn new(events: B, is_alive: A, retry: Rc<Cell<Option<u128>>>) -> Self {
        Self {
            events,
            silence: sleep(Self::HEARTBEAT),
            is_alive,
            begun: false,
            retry,
        }
    }
}

fn retry_field(milliseconds: u128) -> String {
    format!("retry: {milliseconds}\n")
}

impl<B: MessageBody, A: Fn() -> bool> MessageBody for SseBody<B, A> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, B::Error>>> {
        let mut this = self.project();
        if !*this.begun {
            *this.begun = true;
            // Sent at once, so that the headers do not wait for the first event.
            return Poll::Ready(Some(Ok(retry_field(Self::RETRY_MS).into())));
        }
        if let Poll::Ready(event) = this.events.poll_next(cx) {
            this.silence
                .as_mut()
                .reset(Instant::now() + Self::HEARTBEAT);
            let retry = this.retry.take();
            return Poll::Ready(event.map(|event| {
                event.map(|bytes| match retry {
                    None => bytes,
                    Some(ms) => [retry_field(ms).as_bytes(), &bytes].concat().into(),
                })
            }));
        }
        while this.silence.as_mut().poll(cx).is_ready() {
            this.silence
                .as_mut()
                .reset(Instant::now() + Self::HEARTBEAT);
            if (this.is_alive)() {
                return Poll::Ready(Some(Ok(Bytes::from_static(b": hb\n"))));
            }
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future::poll_fn;

    use actix_web::body::BodyStream;
    use futures_util::stream;

    use super::*;

    #[tokio::test]
    async fn the_retry_time_belongs_to_the_first_event() {
        let events = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"data: 1\n\n"))]);
        let body = SseBody::new(BodyStream::new(events), || false, Rc::default());
        let bytes = actix_web::body::to_bytes(body).await.unwrap();
        assert_eq!(bytes, "retry: 1500\ndata: 1\n\n");
    }

    #[tokio::test]
    async fn an_events_own_retry_time_stands_in_its_frame() {
        let events = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"data: 1\n\n"))]);
        let retry = Rc::new(Cell::new(Some(700)));
        let body = SseBody::new(BodyStream::new(events), || false, retry);
        let bytes = actix_web::body::to_bytes(body).await.unwrap();
        assert_eq!(bytes, "retry: 1500\nretry: 700\ndata: 1\n\n");
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_broken_by_a_comment_that_dispatches_nothing() {
        let events = stream::pending::<Result<Bytes, Infallible>>();
        let body = SseBody::new(BodyStream::new(events), || true, Rc::default());
        let mut body = Box::pin(body);
        poll_fn(|cx| body.as_mut().poll_next(cx))
            .await
            .unwrap()
            .unwrap();
        for _ in 0..3 {
            let silence = Instant::now();
            let beat = poll_fn(|cx| body.as_mut().poll_next(cx))
                .await
                .unwrap()
                .unwrap();
            assert_eq!(beat, ": hb\n");
            assert_eq!(silence.elapsed().as_secs(), 15);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_at_work_means_no_heartbeat() {
        let events = stream::pending::<Result<Bytes, Infallible>>();
        let body = SseBody::new(BodyStream::new(events), || false, Rc::default());
        let mut body = Box::pin(body);
        poll_fn(|cx| body.as_mut().poll_next(cx))
            .await
            .unwrap()
            .unwrap();
        let next = poll_fn(|cx| body.as_mut().poll_next(cx));
        assert!(
            tokio::time::timeout(Duration::from_mins(2), next)
                .await
                .is_err()
        );
    }
}
