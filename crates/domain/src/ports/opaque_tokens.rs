use std::fmt;

use super::BoxError;
use crate::stream_token::TokenDigest;

/// A random secret that a client sends back, and what is kept of it. It cannot be printed by
/// accident.
#[derive(Clone, PartialEq, Eq)]
pub struct OpaqueToken {
    /// What the client sends: printable, and safe in a URL.
    pub secret: String,
    /// What is stored.
    pub digest: TokenDigest,
}

impl fmt::Debug for OpaqueToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpaqueToken(…)")
    }
}

/// Makes tokens that say nothing by themselves, and recognises them.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait OpaqueTokens: Send + Sync {
    /// A new token of at least 256 random bits, which nobody can guess.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    fn generate(&self) -> Result<OpaqueToken, BoxError>;

    /// What is stored of a token; the token MUST NOT be found out from it. The digest of a
    /// generated token MUST be the one that came with it.
    fn digest(&self, secret: &str) -> TokenDigest;
}
