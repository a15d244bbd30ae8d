//! The live half of replies: who generates, how text reaches the log, and how readers follow it.
//!
//! One generation actor runs per claimed reply, detached from every request. It writes through one
//! log writer per process, which commits whatever is pending for all replies at once. Only what is
//! committed is published to the reply's [`live`] log, over which readers are mere cursors: a slow
//! one costs nothing and delays nobody. Replies that another process generates are followed by
//! reading the same log.
//!
//! It knows the domain's ports and tokio. It must not know a database, HTTP, or how events look on
//! the wire.

mod chain;
mod engine;
#[cfg(test)]
mod fixtures;
mod follower;
mod frame;
mod generation;
mod hub;
mod keeper;
mod live;
mod measures;
mod models;
mod outbox;
mod shared;
mod shutdown;
mod stream;
mod use_cases;
mod writer;

pub use self::engine::{EngineParts, EngineSettings, OpenError, Opening, ReplyEngine, RetryError};
pub use self::frame::{ClosingReason, Cursor, Frame};
pub use self::live::Pulse;
pub use self::models::{FallbackChatModel, RetryPolicy, RetryingChatModel};
pub use self::shutdown::ShutdownPace;
pub use self::stream::ReplyStream;
pub use self::use_cases::{
    CancelReply, RetryReply, RetryReplyError, ShowReceipt, ShowReceiptError, ShowReply,
    StreamByToken, StreamByTokenError, StreamByTokenParts, StreamReply, StreamReplyError,
};
