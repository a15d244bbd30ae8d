use std::time::Duration;

use crate::figures::{Figure, float, millis};
use crate::plan::Plan;
use crate::world::{Program, Server, Store};

/// What the server takes before anybody asks for anything.
pub(crate) struct Start {
    pub(crate) store: &'static str,
    /// From the start of the process to the first answer that it is ready, on a migrated database.
    pub(crate) ready_ms: Figure,
    /// Memory at rest.
    pub(crate) idle_mib: Figure,
}

/// How long it is left alone before its memory is read.
const REST: Duration = Duration::from_secs(1);

pub(crate) async fn measure(
    plan: &Plan,
    program: &Program,
    store: &Store,
) -> anyhow::Result<Start> {
    // The first start migrates.
    drop(Server::start(program, store, None).await?);
    let (mut ready, mut idle) = (Vec::new(), Vec::new());
    for _ in 0..plan.runs {
        let server = Server::start(program, store, None).await?;
        ready.push(millis(server.started_in));
        tokio::time::sleep(REST).await;
        idle.push(float(server.resident()?) / 1024.0 / 1024.0);
    }
    Ok(Start {
        store: store.name(),
        ready_ms: ready.into_iter().collect(),
        idle_mib: idle.into_iter().collect(),
    })
}
