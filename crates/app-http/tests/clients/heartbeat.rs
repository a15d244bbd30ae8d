//! What clients make of silence.

use crate::client::Client;
use crate::reading::{assert_stopped, assert_whole};
use crate::running::Running;
use crate::scene::{Line, Scene};
use crate::wire::Exchange;

struct Reader {
    client: Client,
    line: Line,
    running: Running,
}

/// One test for all of them, since silence takes its time.
#[tokio::test(flavor = "multi_thread")]
async fn heartbeats_confuse_no_client() {
    let scene = Scene::start().await;
    let ticket = scene.ticket_answered(&["Let me", " see."]).await;
    scene.gate.open_for(2);
    let mut readers = Vec::new();
    for client in Client::ALL {
        let line = scene.line().await;
        let reading = [scene.reading(client, &ticket).await];
        if let Some(running) = Running::start(client, &line.base_url(), &reading) {
            readers.push(Reader {
                client,
                line,
                running,
            });
        }
    }
    for reader in &mut readers {
        reader.running.until_it_shows("Let me").await;
    }
    for reader in &readers {
        let beats = |streams: &[Exchange]| streams.iter().any(Exchange::has_heartbeat);
        reader.line.wire.until("a heartbeat", beats).await;
    }
    scene.gate.open();

    for reader in readers {
        let told = reader.running.finish().await;
        let [told] = told.as_slice() else {
            panic!("one reading: {told:?}");
        };
        assert_whole(told, "Let me see.");
        assert_eq!(told.events.len(), 4, "{:?}: {told:?}", reader.client);
        assert_stopped(reader.client, told, &reader.line.wire.streams());
    }
    assert_eq!(scene.simulator.requests().len(), 1);
}
