use std::sync::Arc;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::ports::{Clock, RepositoryError, StatisticsSource};
use crate::statistics::{Period, PeriodError, Statistics};
use crate::user::Actor;

/// Why no statistics are shown.
#[derive(Debug, Error)]
pub enum ShowStatisticsError {
    /// Only admins see them.
    #[error("only admins see statistics")]
    Forbidden,
    /// The times make no period.
    #[error(transparent)]
    Period(#[from] PeriodError),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Shows admins what happened, in numbers.
pub struct ShowStatistics {
    source: Arc<dyn StatisticsSource>,
    clock: Arc<dyn Clock>,
}

impl ShowStatistics {
    /// Wires the use case.
    pub fn new(source: Arc<dyn StatisticsSource>, clock: Arc<dyn Clock>) -> Self {
        Self { source, clock }
    }

    /// What happened between the two times: until now, and for [`Period::DEFAULT`], where they are
    /// left open.
    ///
    /// # Errors
    /// [`ShowStatisticsError`] for anybody but admins, and when the times make no period.
    pub async fn execute(
        &self,
        actor: Actor,
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
    ) -> Result<(Period, Statistics), ShowStatisticsError> {
        if !actor.role.is_admin() {
            return Err(ShowStatisticsError::Forbidden);
        }
        let to = to.unwrap_or_else(|| self.clock.now());
        let from = from.unwrap_or_else(|| to - Period::DEFAULT);
        let period = Period::between(from, to)?;
        Ok((period, self.source.summarise(period).await?))
    }
}
