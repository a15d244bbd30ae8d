//! The engine's orderly end.

use std::sync::Arc;
use std::time::Duration;

use domain::ports::RepositoryError;
use tokio::time::{Instant, timeout, timeout_at};

use crate::chain::Chain;
use crate::live::lock;
use crate::shared::Shared;

/// How a shutdown goes on.
#[derive(Clone, Copy, Debug)]
pub struct ShutdownPace {
    /// How long generations may go on. What is unfinished then is handed over.
    pub budget: Duration,
    /// How long readers stay. They are moved before the budget ends where another process can
    /// serve them meanwhile.
    pub patience: Duration,
}

/// How long it may take to give leases back.
const HAND_OVER: Duration = Duration::from_secs(1);

pub(crate) async fn run(shared: &Arc<Shared>, pace: ShutdownPace) {
    let begun = Instant::now();
    shared.draining.cancel();
    shared.generations.close();
    let finished = async {
        let generations = shared.generations.wait();
        tokio::pin!(generations);
        if timeout(pace.patience, &mut generations).await.is_ok() {
            return;
        }
        shared.closing.cancel();
        generations.await;
    };
    if timeout_at(begun + pace.budget, finished).await.is_err() {
        give_back(shared).await;
    }
    shared.closing.cancel();
    shared.stopped.cancel();
    shared.helpers.close();
    shared.helpers.wait().await;
}

/// Ends the generations that are still running, without an end for their replies. Should that
/// fail, others take over once the leases have run out.
async fn give_back(shared: &Arc<Shared>) {
    shared.handing_over.cancel();
    let given_back = async {
        // Claims that are under way begin generations that end at once.
        shared.generations.wait().await;
        let leases = std::mem::take(&mut *lock(&shared.given_up));
        if !leases.is_empty() {
            shared.parts.store.hand_over(&leases).await?;
            tracing::info!(replies = leases.len(), "unfinished replies handed over");
        }
        Ok::<_, RepositoryError>(())
    };
    match timeout(HAND_OVER, given_back).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(error = %Chain(&error), "replies not handed over"),
        Err(_too_late) => tracing::warn!("replies not handed over in time"),
    }
}
