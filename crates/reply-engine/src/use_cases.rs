//! What people may do with replies.

mod cancel_reply;
mod retry_reply;
mod show_receipt;
mod show_reply;
mod stream_by_token;
mod stream_reply;

pub use self::cancel_reply::CancelReply;
pub use self::retry_reply::{RetryReply, RetryReplyError};
pub use self::show_receipt::{ShowReceipt, ShowReceiptError};
pub use self::show_reply::ShowReply;
pub use self::stream_by_token::{StreamByToken, StreamByTokenError, StreamByTokenParts};
pub use self::stream_reply::{StreamReply, StreamReplyError};
