use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use domain::password::{Password, PasswordAttempt, PasswordHash};
use domain::ports::{PasswordHasher, PasswordHasherError};

/// Marks passwords instead of hashing them, which costs tests no time.
#[derive(Debug, Default)]
pub struct PlainPasswordHasher {
    busy: AtomicBool,
    checks: AtomicUsize,
}

impl PlainPasswordHasher {
    /// What it makes of a password.
    pub fn hash_of(password: &str) -> PasswordHash {
        PasswordHash::new(format!("plain:{password}"))
    }

    /// How many attempts were checked, those without a hash included.
    pub fn checks(&self) -> usize {
        self.checks.load(Ordering::SeqCst)
    }

    /// Whether to answer [`PasswordHasherError::Busy`] from now on.
    pub fn set_busy(&self, busy: bool) {
        self.busy.store(busy, Ordering::SeqCst);
    }

    fn check_busy(&self) -> Result<(), PasswordHasherError> {
        if self.busy.load(Ordering::SeqCst) {
            return Err(PasswordHasherError::Busy);
        }
        Ok(())
    }
}

#[async_trait]
impl PasswordHasher for PlainPasswordHasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, PasswordHasherError> {
        self.check_busy()?;
        Ok(Self::hash_of(password.expose()))
    }

    async fn verify(
        &self,
        attempt: &PasswordAttempt,
        hash: Option<PasswordHash>,
    ) -> Result<bool, PasswordHasherError> {
        self.check_busy()?;
        self.checks.fetch_add(1, Ordering::SeqCst);
        Ok(hash.is_some_and(|hash| hash == Self::hash_of(attempt.expose())))
    }
}
