//! Clients that come back by themselves after their connection was lost.

use crate::client::Client;
use crate::harness::soon;
use crate::reading::{AWKWARD, assert_stopped, assert_uncompressed, assert_whole};
use crate::running::Running;
use crate::scene::{Line, Scene};
use crate::wire::Exchange;

/// The model's first event has no text.
const WITHOUT_TEXT: usize = 1;

/// Cuts a reader off while the answer is being written, and again so that it misses the end.
async fn misses_and_repeats_nothing(client: Client) {
    if client.command().is_none() {
        return;
    }
    let scene = Scene::start().await;
    let line = scene.line().await;
    let ticket = scene.ticket_answered(&AWKWARD).await;
    let reading = [scene.reading(client, &ticket).await];
    scene.gate.open_for(WITHOUT_TEXT + 2);
    let mut running = Running::start(client, &line.base_url(), &reading).expect("it is installed");

    running.until_it_shows(&AWKWARD[..2].concat()).await;
    line.proxy.cut();
    cut_off(&line, 1).await;
    scene.gate.open_for(WITHOUT_TEXT + 5);
    running.until_it_shows(&AWKWARD[..5].concat()).await;
    line.proxy.refuse();
    cut_off(&line, 2).await;
    scene.gate.open();
    soon("the answer is whole", scene.until_answered(&ticket)).await;
    line.proxy.pass();
    let told = running.finish().await;

    let text = AWKWARD.concat();
    assert_eq!(scene.stored_text(&ticket).await, text);
    let [told] = told.as_slice() else {
        panic!("one reading: {told:?}");
    };
    assert_whole(told, &text);
    let streams = line.wire.streams();
    assert!(streams.len() >= 3, "{streams:?}");
    assert_eq!(streams[0].request_header("last-event-id"), None);
    for pair in streams[..3].windows(2) {
        assert_eq!(pair[1].request_header("last-event-id"), pair[0].last_id());
        assert_uncompressed(&pair[1]);
    }
    assert_stopped(client, told, &streams[2..]);
    assert_eq!(scene.simulator.requests().len(), 1);
}

/// Waits until nothing more can reach the reader over so many of its connections.
async fn cut_off(line: &Line, connections: usize) {
    let are_cut = |streams: &[Exchange]| {
        let gone = streams.iter().filter(|stream| stream.is_over());
        gone.count() == connections
    };
    line.wire.until("the reader is cut off", are_cut).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browsers_event_source_resumes_without_gap_or_repetition() {
    misses_and_repeats_nothing(Client::BrowserEventSource).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_package_eventsource_resumes_without_gap_or_repetition() {
    misses_and_repeats_nothing(Client::NpmEventSource).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fetch_event_source_resumes_without_gap_or_repetition() {
    misses_and_repeats_nothing(Client::FetchEventSource).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn httpx_sse_resumes_without_gap_or_repetition() {
    misses_and_repeats_nothing(Client::HttpxSse).await;
}
