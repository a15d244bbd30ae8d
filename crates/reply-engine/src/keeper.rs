//! Keeps this process's leases, takes over what others left, and hears of what others did.

use std::collections::HashSet;
use std::sync::Arc;

use domain::ports::{RepositoryError, Takeover};
use domain::reply::Lease;
use futures_util::StreamExt;
use tokio::time::MissedTickBehavior;

use crate::chain::Chain;
use crate::shared::Shared;

/// Renews leases three times in their span and looks for expired ones of others.
pub(crate) async fn keep_leases(shared: Arc<Shared>) {
    tokio::select! {
        () = shared.stopped.cancelled() => return,
        () = shared.parts.prepared.cancelled() => {}
    }
    let mut ticks = tokio::time::interval(shared.settings.lease / 3);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shared.stopped.cancelled() => return,
            _ = ticks.tick() => {}
        }
        // Own leases first: this process must not take its own replies for somebody else's.
        let kept = async {
            renew(&shared).await?;
            shared.take_over().await
        };
        if let Err(error) = kept.await {
            tracing::warn!(error = %Chain(&error), "leases cannot be kept for now");
        }
    }
}

async fn renew(shared: &Shared) -> Result<(), RepositoryError> {
    let owned = shared.hub.owned();
    if owned.is_empty() {
        return Ok(());
    }
    let leases: Vec<Lease> = owned.iter().map(|(lease, _)| *lease).collect();
    let held: HashSet<Lease> = shared
        .parts
        .store
        .renew(&leases, shared.settings.lease)
        .await?
        .into_iter()
        .collect();
    for (lease, live) in owned {
        if held.contains(&lease) {
            live.keep_alive(shared.settings.lease);
        } else {
            shared.hub.stop(lease);
        }
    }
    Ok(())
}

/// Begins what was taken over, and tells followers of what could not be saved.
pub(crate) fn begin_all(shared: &Arc<Shared>, takeovers: Vec<Takeover>) {
    for takeover in takeovers {
        match takeover {
            Takeover::Restarted(lease, reply) => {
                tracing::info!(reply.id = %reply.id, attempt = reply.attempt, "reply taken over");
                shared.begin(lease, Arc::new(*reply));
            }
            Takeover::Failed(reply) => {
                tracing::warn!(reply.id = %reply.id, "reply failed, its owners went away");
                shared.hub.ring(reply.id, reply.last_sequence);
            }
        }
    }
}

/// Stops a generation as soon as somebody else ended its reply.
pub(crate) async fn answer_doorbell(shared: Arc<Shared>) {
    let mut doorbell = shared.parts.log.doorbell();
    loop {
        let ring = tokio::select! {
            () = shared.stopped.cancelled() => return,
            ring = doorbell.next() => ring,
        };
        let Some(ring) = ring else { return };
        let Some(lease) = shared.hub.ring(ring.reply_id, ring.last_sequence) else {
            continue;
        };
        match shared.parts.store.find(ring.reply_id).await {
            Ok(Some(reply)) if !reply.has_ended() => {}
            Ok(_) => shared.hub.stop(lease),
            // The renewal finds out as well.
            Err(error) => tracing::warn!(
                error = %Chain(&error),
                "a ring cannot be looked into"
            ),
        }
    }
}
