//! Connections as they come in, with what the HTTP library leaves to whoever hands them over: it
//! times the first head of a connection only, waits for ever for the end of a body that nobody
//! reads, and takes line feeds alone for the ends of lines.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::rt::net::TcpStream;
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// What is known of a connection besides its bytes.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    serving: Cell<u32>,
    served: Cell<u64>,
}

/// Lasts from the beginning of a request to the end of its response.
#[derive(Debug)]
pub(crate) struct Serving(Rc<Connection>);

impl Serving {
    pub(crate) fn on(connection: &Rc<Connection>) -> Self {
        connection.serving.set(connection.serving.get() + 1);
        connection.served.set(connection.served.get() + 1);
        Self(Rc::clone(connection))
    }

    /// Keeps on until that body was sent or is given up.
    pub(crate) fn until_sent(self, body: BoxBody) -> BoxBody {
        BoxBody::new(ServedBody {
            body,
            _serving: self,
        })
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.serving.set(self.0.serving.get().saturating_sub(1));
    }
}

struct ServedBody {
    body: BoxBody,
    _serving: Serving,
}

impl MessageBody for ServedBody {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}

/// A client's bytes. It ends where a client takes too long over what no request is served for: the
/// head of another one, or the rest of a body after the answer.
pub(crate) struct GuardedStream {
    stream: TcpStream,
    connection: Rc<Connection>,
    patience: Duration,
    head: Head,
    /// How many requests had begun when the head did that is waited for.
    awaited: u64,
    deadline: Option<Pin<Box<Sleep>>>,
}

impl GuardedStream {
    pub(crate) fn new(stream: TcpStream, patience: Duration) -> Self {
        Self {
            stream,
            connection: Rc::default(),
            patience,
            head: Head::default(),
            awaited: 0,
            deadline: None,
        }
    }

    pub(crate) fn connection(&self) -> Rc<Connection> {
        Rc::clone(&self.connection)
    }

    /// Whether what was read belongs to no request that is served.
    fn is_between_requests(&mut self) -> bool {
        let served = self.connection.served.get();
        let is_serving = self.connection.serving.get() > 0;
        if is_serving || served != self.awaited {
            self.awaited = served;
            self.head = Head::default();
            self.deadline = None;
        }
        !is_serving
    }
}

impl AsyncRead for GuardedStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let polled = Pin::new(&mut this.stream).poll_read(context, buffer)?;
        if !this.is_between_requests() {
            return polled.map(Ok);
        }
        if let Some(read) = buffer.filled_mut().get_mut(before..)
            && !read.is_empty()
        {
            this.head.spoil_bare_line_feeds(read);
            let patience = this.patience;
            this.deadline
                .get_or_insert_with(|| Box::pin(sleep(patience)));
        }
        if let Some(deadline) = &mut this.deadline
            && deadline.as_mut().poll(context).is_ready()
        {
            buffer.set_filled(before);
            return Poll::Ready(Ok(()));
        }
        ready!(polled);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for GuardedStream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

/// How far the head of a request has come.
#[derive(Clone, Copy, Debug, Default)]
enum Head {
    /// Empty lines before a request are ignored (RFC 9112, section 2.2).
    #[default]
    Awaited,
    InLine,
    InLineAfterReturn,
    AtLineStart,
    AtLineStartAfterReturn,
    Ended,
}

impl Head {
    /// Makes line feeds that follow no carriage return what no parser takes, so that the request is
    /// refused. Where a proxy takes them for a part of a value, a header could be hidden from it.
    fn spoil_bare_line_feeds(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            *self = match (*self, *byte) {
                (Self::Ended, _) => return,
                (Self::Awaited, b'\r' | b'\n') => Self::Awaited,
                (Self::InLineAfterReturn, b'\n') => Self::AtLineStart,
                (Self::AtLineStartAfterReturn, b'\n') => Self::Ended,
                (Self::InLine | Self::AtLineStart, b'\n') => {
                    *byte = b'\0';
                    Self::InLine
                }
                (Self::AtLineStart | Self::AtLineStartAfterReturn, b'\r') => {
                    Self::AtLineStartAfterReturn
                }
                (_, b'\r') => Self::InLineAfterReturn,
                (_, _) => Self::InLine,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a head that comes in pieces of that length.
    fn spoiled(head: &str, piece: usize) -> String {
        let mut bytes = head.as_bytes().to_vec();
        let mut scanned = Head::default();
        for piece in bytes.chunks_mut(piece) {
            scanned.spoil_bare_line_feeds(piece);
        }
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn line_feeds_alone_are_spoiled_in_heads_and_nowhere_else() {
        for (head, expected) in [
            (
                "GET / HTTP/1.1\r\nA: b\r\n\r\n{\n}",
                "GET / HTTP/1.1\r\nA: b\r\n\r\n{\n}",
            ),
            (
                "\r\n\nGET / HTTP/1.1\r\n\r\n\n",
                "\r\n\nGET / HTTP/1.1\r\n\r\n\n",
            ),
            ("GET / HTTP/1.1\nA: b\n\n", "GET / HTTP/1.1\0A: b\0\0"),
            (
                "GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n",
                "GET / HTTP/1.1\r\nA: b\0C: d\r\n\r\n",
            ),
            (
                "GET / HTTP/1.1\r\nA: b\r\n\n",
                "GET / HTTP/1.1\r\nA: b\r\n\0",
            ),
            ("GET / HTTP/1.1\r\n\r\r\n\n", "GET / HTTP/1.1\r\n\r\r\n\n"),
        ] {
            for piece in 1..=head.len() {
                assert_eq!(spoiled(head, piece), expected, "{head:?} by {piece}");
            }
        }
    }
}
