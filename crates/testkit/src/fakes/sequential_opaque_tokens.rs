use std::sync::atomic::{AtomicU64, Ordering};

use domain::ports::{BoxError, OpaqueToken, OpaqueTokens};
use domain::stream_token::TokenDigest;

/// Gives the secrets `secret-1`, `secret-2` and so on, whose digests anybody can tell.
#[derive(Debug, Default)]
pub struct SequentialOpaqueTokens(AtomicU64);

impl OpaqueTokens for SequentialOpaqueTokens {
    fn generate(&self) -> Result<OpaqueToken, BoxError> {
        let number = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        let secret = format!("secret-{number}");
        let digest = self.digest(&secret);
        Ok(OpaqueToken { secret, digest })
    }

    /// The first 32 characters: good enough for secrets that short.
    fn digest(&self, secret: &str) -> TokenDigest {
        let mut bytes = [0; 32];
        for (byte, character) in bytes.iter_mut().zip(secret.bytes()) {
            *byte = character;
        }
        TokenDigest::from_bytes(bytes)
    }
}
