use std::fmt;

use async_trait::async_trait;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::password::{Password, PasswordAttempt, PasswordHash};
use domain::ports::{PasswordHasher, PasswordHasherError};

use crate::workers::Workers;

/// Keys the digest that stands between a password and bcrypt.
///
/// It makes these digests differ from the bare SHA-384 that leaks of other services hold, so that
/// those cannot be tried against our hashes as they are. It need not be secret and must never
/// change, since no password would match any more. For the same reason it is not the key that
/// signs access tokens: that one is changed whenever somebody may have seen it.
const PREHASH_KEY: &[u8] = b"support-assistant/password-prehash/v1";

/// Hashes passwords with bcrypt.
///
/// Bcrypt reads 72 bytes and stops at a NUL. It is therefore given a digest of the password
/// (HMAC-SHA-384 in Base64, 64 characters), so that every character counts.
pub struct BcryptPasswordHasher {
    cost: u32,
    prehash: hmac::Key,
    decoy: PasswordHash,
    workers: Workers,
}

impl BcryptPasswordHasher {
    /// The cost for production: about a quarter of a second on a server's core.
    pub const PRODUCTION_COST: u32 = 12;

    /// Hashes at the given cost, each step of which doubles the work. What bcrypt does not have is
    /// moved to the nearest it has: 4 to 31.
    pub fn new(cost: u32) -> Self {
        let cost = cost.clamp(4, 31);
        Self {
            cost,
            prehash: hmac::Key::new(hmac::HMAC_SHA384, PREHASH_KEY),
            decoy: decoy(cost),
            workers: Workers::one_per_core(),
        }
    }

    /// Exactly 64 characters, which is below bcrypt's limit, none of them a NUL.
    fn digest(&self, password: &str) -> String {
        STANDARD.encode(hmac::sign(&self.prehash, password.as_bytes()))
    }
}

impl fmt::Debug for BcryptPasswordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BcryptPasswordHasher")
            .field("cost", &self.cost)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl PasswordHasher for BcryptPasswordHasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, PasswordHasherError> {
        let digest = self.digest(password.expose());
        let cost = self.cost;
        let hash = self
            .workers
            .run(move || bcrypt::non_truncating_hash(digest, cost))
            .await?;
        hash.map(PasswordHash::new)
            .map_err(|error| PasswordHasherError::Failed(error.into()))
    }

    async fn verify(
        &self,
        attempt: &PasswordAttempt,
        hash: Option<PasswordHash>,
    ) -> Result<bool, PasswordHasherError> {
        let digest = self.digest(attempt.expose());
        let is_account = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.decoy.clone());
        let matches = self
            .workers
            .run(move || bcrypt::non_truncating_verify(digest, hash.expose()))
            .await?;
        matches
            .map(|matches| matches && is_account)
            .map_err(|error| PasswordHasherError::Failed(error.into()))
    }
}

/// A hash of no known password. Checking against it takes as long as against one of that cost.
fn decoy(cost: u32) -> PasswordHash {
    let salt_and_hash = ".".repeat(53);
    PasswordHash::new(format!("$2b${cost:02}${salt_and_hash}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decoy_is_a_hash_of_the_same_cost() {
        for cost in [4, 12] {
            let hasher = BcryptPasswordHasher::new(cost);
            let parts: bcrypt::HashParts = hasher.decoy.expose().parse().unwrap();
            assert_eq!(parts.get_cost(), cost);
        }
    }

    #[tokio::test]
    async fn even_the_decoys_own_password_opens_no_account() {
        let mut hasher = BcryptPasswordHasher::new(4);
        let password = Password::parse("correct horse").unwrap();
        hasher.decoy = hasher.hash(&password).await.unwrap();
        let attempt = PasswordAttempt::new("correct horse");
        assert!(!hasher.verify(&attempt, None).await.unwrap());
        let decoy = Some(hasher.decoy.clone());
        assert!(hasher.verify(&attempt, decoy).await.unwrap());
    }

    #[test]
    fn costs_that_bcrypt_does_not_have_are_moved_into_its_range() {
        assert_eq!(BcryptPasswordHasher::new(0).cost, 4);
        assert_eq!(BcryptPasswordHasher::new(99).cost, 31);
    }

    /// Stored hashes depend on these very characters: this test must never need a change.
    #[test]
    fn the_digest_never_changes() {
        let digest = BcryptPasswordHasher::new(4).digest("correct horse");
        assert_eq!(digest.len(), 64);
        assert_eq!(
            digest,
            "iDSf1Wwone6JxY4TMQHnVo3KgUuSfQu7lDtykEhIXz3/Bv8Mgs8DwTMS0fhLufUA"
        );
    }
}
