use std::{
    cell::Cell,
    future,
    io::{self, IoSlice},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use actix_web::rt::net::TcpStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A connection that a handler can break off.
pub(crate) struct Connection {
    stream: TcpStream,
    breaker: Breaker,
}

/// Breaks a connection off from within a request on it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Breaker {
    requested: Rc<Cell<Option<Break>>>,
}

/// What a client sees of a break.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Break {
    /// The end of the connection (FIN).
    Close,
    /// An error of the connection (RST).
    Reset,
}

impl Breaker {
    /// Breaks the connection off as soon as everything written so far has left. Nothing follows:
    /// the server drops what waits here.
    pub(crate) async fn break_off<T>(&self, how: Break) -> T {
        self.requested.set(Some(how));
        future::pending().await
    }
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            breaker: Breaker::default(),
        }
    }

    pub(crate) fn breaker(&self) -> Breaker {
        self.breaker.clone()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.breaker.requested.get() == Some(Break::Reset) {
            // Without effect the client sees a mere end.
            drop(self.stream.set_zero_linger());
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// The server flushes whenever it has written all it has.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        Poll::Ready(match self.breaker.requested.get() {
            Some(_) => Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
            None => Ok(()),
        })
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
