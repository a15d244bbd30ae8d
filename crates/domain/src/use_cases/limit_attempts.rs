use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::network::ClientNetwork;
use crate::ports::{Clock, OpaqueTokens, RepositoryError, Throttle};
use crate::throttle::{Bucket, BucketKey, Level, Quota, Taken};
use crate::user::Email;

/// How often strangers may try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptLimits {
    /// Wrong passwords for one account from one network, in a quarter of an hour.
    pub failures_per_account: u32,
    /// Wrong passwords from one network for whatever accounts, in an hour.
    pub failures_per_address: u32,
    /// Sign-ups from one network, in an hour.
    pub sign_ups_per_address: u32,
}

impl AttemptLimits {
    fn login_account(self) -> Quota {
        Quota {
            name: "login-account",
            capacity: self.failures_per_account,
            window: Duration::from_mins(15),
        }
    }

    fn login_address(self) -> Quota {
        Quota {
            name: "login-address",
            capacity: self.failures_per_address,
            window: Duration::from_hours(1),
        }
    }

    fn signup_address(self) -> Quota {
        Quota {
            name: "signup-address",
            capacity: self.sign_ups_per_address,
            window: Duration::from_hours(1),
        }
    }
}

/// Why an attempt may not be made.
#[derive(Debug, Error)]
pub enum AttemptError {
    /// There were too many; this is how the buckets stand that it would have been taken from.
    #[error("too many attempts")]
    TooMany(Vec<Level>),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// An attempt that counts, unless it is taken back.
#[must_use]
#[derive(Debug)]
pub struct Attempt {
    buckets: Vec<Bucket>,
}

/// Bounds how often somebody may try to guess a password or to make accounts. It never looks at an
/// account alone, so nobody can lock another person out from elsewhere.
#[derive(Clone)]
pub struct LimitAttempts {
    throttle: Arc<dyn Throttle>,
    digests: Arc<dyn OpaqueTokens>,
    clock: Arc<dyn Clock>,
    limits: Option<AttemptLimits>,
}

impl LimitAttempts {
    /// Wires the limits; none allow everything.
    pub fn new(
        throttle: Arc<dyn Throttle>,
        digests: Arc<dyn OpaqueTokens>,
        clock: Arc<dyn Clock>,
        limits: Option<AttemptLimits>,
    ) -> Self {
        Self {
            throttle,
            digests,
            clock,
            limits,
        }
    }

    /// Counts a guess at an account's password as wrong until it is known to be right, so that
    /// guesses made at the same time are all counted. An account need not exist.
    ///
    /// # Errors
    /// [`AttemptError::TooMany`] when a password must not even be looked at.
    pub async fn guess_password(
        &self,
        account: &str,
        network: ClientNetwork,
    ) -> Result<Attempt, AttemptError> {
        let Some(limits) = self.limits else {
            return Ok(Attempt {
                buckets: Vec::new(),
            });
        };
        let account = match Email::parse(account) {
            Ok(email) => email.as_str().to_owned(),
            Err(_no_address) => account.to_owned(),
        };
        let whose = format!("{network} {account}");
        self.take(vec![
            self.bucket(limits.login_account(), &whose),
            self.bucket(limits.login_address(), &network.to_string()),
        ])
        .await
    }

    /// Counts a sign-up, whatever becomes of it: whether an address has an account shows, too.
    ///
    /// # Errors
    /// [`AttemptError::TooMany`] when no account must be made.
    pub async fn sign_up(&self, network: ClientNetwork) -> Result<(), AttemptError> {
        if let Some(limits) = self.limits {
            let bucket = self.bucket(limits.signup_address(), &network.to_string());
            self.take(vec![bucket]).await.map(drop)?;
        }
        Ok(())
    }

    /// Makes an attempt count for nothing.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails; then it counts.
    pub async fn take_back(&self, attempt: Attempt) -> Result<(), RepositoryError> {
        if attempt.buckets.is_empty() {
            return Ok(());
        }
        self.throttle.give_back(&attempt.buckets).await
    }

    async fn take(&self, buckets: Vec<Bucket>) -> Result<Attempt, AttemptError> {
        match self.throttle.take(&buckets, self.clock.now()).await? {
            Taken::Granted(_) => Ok(Attempt { buckets }),
            Taken::Refused(levels) => Err(AttemptError::TooMany(levels)),
        }
    }

    fn bucket(&self, quota: Quota, whose: &str) -> Bucket {
        let digest = self.digests.digest(&format!("{} {whose}", quota.name));
        Bucket {
            key: BucketKey::from_bytes(*digest.as_bytes()),
            quota,
        }
    }
}
