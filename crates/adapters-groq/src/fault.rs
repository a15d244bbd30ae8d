use std::error::Error as _;
use std::io;

use domain::ports::{ChatModelError, RetryAdvice};
use thiserror::Error;

/// The cause that is kept in an error of the port, in this crate's own words: what the host writes
/// in its errors may quote the conversation, the organisation or the key.
#[derive(Debug, Error)]
pub(crate) enum Fault {
    /// Nothing was received yet, so the client's error cannot hold words of the host.
    #[error("could not connect")]
    Connect(#[source] reqwest::Error),
    #[error("the connection broke off: {0}")]
    Broken(io::ErrorKind),
    #[error("the connection broke off")]
    BrokenProtocol,
    #[error("answered with status {0}")]
    Status(u16),
    #[error("sent an error instead of the rest of the answer")]
    ErrorFrame,
    #[error("ended without a finish reason")]
    NoFinishReason,
    #[error("the answer is not an event stream")]
    NotAnEventStream,
    #[error("sent something that is not a chunk of an answer")]
    NotAChunk,
    #[error("sent a line or an event of more than {0} bytes")]
    TooLarge(usize),
}

impl Fault {
    pub(crate) fn unavailable(self) -> ChatModelError {
        self.unavailable_for(RetryAdvice::default())
    }

    pub(crate) fn unavailable_for(self, advice: RetryAdvice) -> ChatModelError {
        ChatModelError::Unavailable {
            source: self.into(),
            advice,
        }
    }

    pub(crate) fn malformed(self) -> ChatModelError {
        ChatModelError::Malformed(self.into())
    }
}

/// Sorts an error of the HTTP client.
pub(crate) fn transport_error(error: reqwest::Error) -> ChatModelError {
    if error.is_timeout() {
        return ChatModelError::TimedOut;
    }
    if error.is_connect() {
        return Fault::Connect(error.without_url()).unavailable();
    }
    // The error itself is not kept: the reason of an HTTP/2 GOAWAY, which it shows, is text of
    // the host.
    let fault = match io_error_kind(&error) {
        Some(kind) => Fault::Broken(kind),
        None => Fault::BrokenProtocol,
    };
    fault.unavailable()
}

fn io_error_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return Some(error.kind());
        }
        cause = error.source();
    }
    None
}
