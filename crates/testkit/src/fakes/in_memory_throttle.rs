use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::ports::{RepositoryError, Throttle};
use domain::throttle::{Bucket, BucketKey, Taken, Taking};

use super::{Outage, locked};

/// Buckets in a map.
#[derive(Debug, Default)]
pub struct InMemoryThrottle {
    full_at: Mutex<HashMap<BucketKey, DateTime<Utc>>>,
    outage: Outage,
}

impl InMemoryThrottle {
    /// The keys of every bucket that it knows.
    pub fn keys(&self) -> Vec<BucketKey> {
        locked(&self.full_at).keys().copied().collect()
    }

    /// Orders and ends outages of this store.
    pub fn outage(&self) -> Outage {
        self.outage.clone()
    }
}

#[async_trait]
impl Throttle for InMemoryThrottle {
    async fn take(&self, buckets: &[Bucket], at: DateTime<Utc>) -> Result<Taken, RepositoryError> {
        self.outage.check()?;
        let mut known = locked(&self.full_at);
        let full_at: Vec<_> = buckets
            .iter()
            .map(|bucket| known.get(&bucket.key).copied())
            .collect();
        let taking = Taking::decide(buckets, &full_at, at);
        for (bucket, full_at) in buckets.iter().zip(taking.full_at) {
            known.insert(bucket.key, full_at);
        }
        Ok(taking.taken)
    }

    async fn give_back(&self, buckets: &[Bucket]) -> Result<(), RepositoryError> {
        self.outage.check()?;
        let mut known = locked(&self.full_at);
        for bucket in buckets {
            if let Some(full_at) = known.get_mut(&bucket.key) {
                *full_at -= bucket.quota.interval();
            }
        }
        Ok(())
    }

    async fn remove_full(&self, at: DateTime<Utc>, max: u32) -> Result<u64, RepositoryError> {
        self.outage.check()?;
        let mut known = locked(&self.full_at);
        let full: Vec<_> = known
            .iter()
            .filter(|(_, full_at)| **full_at <= at)
            .map(|(key, _)| *key)
            .take(usize::try_from(max).unwrap_or(usize::MAX))
            .collect();
        for key in &full {
            known.remove(key);
        }
        Ok(u64::try_from(full.len()).unwrap_or(u64::MAX))
    }
}
