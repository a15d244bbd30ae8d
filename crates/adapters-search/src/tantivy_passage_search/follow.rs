use std::time::Duration;

use domain::ports::RepositoryError;
use tokio::time::{MissedTickBehavior, interval};

use super::TantivyPassageSearch;

/// How often it is looked whether articles changed.
const EVERY: Duration = Duration::from_secs(1);

impl TantivyPassageSearch {
    /// Follows the changes that any process makes, until it is dropped. Searches go on with the
    /// index before while the next is made.
    pub async fn follow(self) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_well = true;
        loop {
            ticks.tick().await;
            match self.catch_up().await {
                Ok(()) => is_well = true,
                Err(error) => {
                    if is_well {
                        tracing::warn!("help articles cannot be followed: {error}");
                    }
                    is_well = false;
                }
            }
        }
    }

    async fn catch_up(&self) -> Result<(), RepositoryError> {
        let _making = self.inner.making.lock().await;
        let revision = self.inner.knowledge.revision().await?;
        let known = self.inner.current().map(|snapshot| snapshot.revision);
        if known != Some(revision) {
            self.inner.make().await?;
        }
        Ok(())
    }
}
