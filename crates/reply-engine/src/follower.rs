//! Follows a reply that another process generates, by reading the log.
//!
//! It must never write, nor ask a model.

use std::sync::Arc;

use domain::ports::RepositoryError;
use domain::reply::EventKind;
use tokio::sync::Notify;

use crate::chain::Chain;
use crate::live::LiveReply;
use crate::shared::Shared;

/// Feeds the live reply until it ends, nobody reads it any more, or this process generates it
/// itself.
pub(crate) async fn follow(shared: Arc<Shared>, live: Arc<LiveReply>, wake: Arc<Notify>) {
    loop {
        if let Err(error) = look(&shared, &live).await {
            tracing::warn!(
                reply.id = %live.id(),
                error = %Chain(&error),
                "cannot follow the reply for now"
            );
        }
        tokio::select! {
            () = shared.stopped.cancelled() => return,
            () = wake.notified() => {}
            () = tokio::time::sleep(shared.settings.poll) => {}
        }
        if !shared.hub.still_followed(&live) {
            return;
        }
    }
}

async fn look(shared: &Arc<Shared>, live: &Arc<LiveReply>) -> Result<(), RepositoryError> {
    let head = shared.parts.store.find(live.id()).await?;
    if let Some(head) = &head {
        live.restart(head);
    }
    catch_up(shared, live).await?;
    match head.and_then(|head| head.tenure) {
        Some(tenure) if tenure.expired => shared.take_over().await,
        Some(_) => {
            live.keep_alive(shared.settings.lease);
            Ok(())
        }
        None => Ok(()),
    }
}

/// Brings the live reply to where the log is.
pub(crate) async fn catch_up(shared: &Shared, live: &LiveReply) -> Result<(), RepositoryError> {
    let known = live.last_sequence();
    let events = shared
        .read_log(live.id(), (known >= 0).then_some(known))
        .await?;
    let ended = events
        .last()
        .is_some_and(|event| event.kind == EventKind::Ended);
    let head = if ended {
        shared.parts.store.find(live.id()).await?
    } else {
        None
    };
    live.publish(events, head.map(Arc::new));
    Ok(())
}
