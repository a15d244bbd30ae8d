//! How persistently a model is asked, and what stands in for it when it does not answer.
//!
//! Both types are chat models around chat models, so they can be put around any. Nothing here is
//! begun again once a reader may have seen text.

mod breaker;
mod fallback;
mod retrying;

pub use self::fallback::FallbackChatModel;
pub use self::retrying::{RetryPolicy, RetryingChatModel};
