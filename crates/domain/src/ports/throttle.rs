use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::RepositoryError;
use crate::throttle::{Bucket, Taken};

/// Keeps buckets, the same for every process that serves. What is kept tells nobody's name or
/// address: it is the keys, which are digests.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Throttle: Send + Sync {
    /// Takes one from each of these buckets, whose keys are all different, and says what is left.
    /// When one is empty, nothing MUST be taken from any. Of any number of calls at once no more
    /// MUST be granted than a bucket holds.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn take(&self, buckets: &[Bucket], at: DateTime<Utc>) -> Result<Taken, RepositoryError>;

    /// Puts one back into each of these buckets, from which one was taken before. A bucket MUST
    /// never hold more than its quota says.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn give_back(&self, buckets: &[Bucket]) -> Result<(), RepositoryError>;

    /// Forgets so many buckets at most that are full at that time, and says how many. One that is
    /// not full MUST stay, also when it is taken from meanwhile.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn remove_full(&self, at: DateTime<Utc>, max: u32) -> Result<u64, RepositoryError>;
}
