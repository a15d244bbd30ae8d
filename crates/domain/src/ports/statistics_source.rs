use async_trait::async_trait;

use super::RepositoryError;
use crate::statistics::{Period, Statistics};

/// Counts what happened.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait StatisticsSource: Send + Sync {
    /// What happened in a period. Its beginning MUST belong to it and its end MUST NOT. Quantiles
    /// MUST be by nearest rank.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn summarise(&self, period: Period) -> Result<Statistics, RepositoryError>;
}
