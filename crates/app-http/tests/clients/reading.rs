//! What each client makes of whole answers.

use crate::client::Client;
use crate::running::{Running, Told};
use crate::scene::Scene;
use crate::wire::Exchange;

/// All that a reader of lines could trip over: what ends lines here and there, what looks like
/// fields, spaces at the ends, characters of every length.
pub const AWKWARD: [&str; 8] = [
    "  Grüße, 世界! 👩‍👩‍👧‍👦 ",
    "\r\ndata: no field\nevent: neither\rid: nor this\r\n\r\n",
    ": no comment\n\n\nretry: 1\n",
    "[DONE]",
    "\u{2028}\u{2029}\u{85}\u{b}\u{c}\u{1c}\u{1d}\u{1e}\u{feff}",
    "data: [DONE]\n\ndata:{}\n",
    "\"quoted\\\" \\u2028 </script> \u{1b}[0m\u{7f}",
    " and spaces at the end \t \n ",
];

/// The events of an answer whose text came so.
pub fn assert_whole(told: &Told, text: &str) {
    assert_eq!(told.text, text);
    assert_eq!(told.stored_text.as_deref(), Some(text));
    let (first, rest) = told.events.split_first().expect("a first event");
    let (last, deltas) = rest.split_last().expect("a last event");
    assert_eq!(
        (first.as_str(), last.as_str()),
        ("response.created", "response.completed")
    );
    let is_delta = |name: &String| name == "response.output_text.delta";
    assert!(deltas.iter().all(is_delta), "{:?}", told.events);
}

/// A stream that was asked for with compression on offer, and came without.
pub fn assert_uncompressed(stream: &Exchange) {
    let offered = stream.request_header("accept-encoding").unwrap_or_default();
    assert!(offered.contains("gzip"), "{stream:?}");
    assert!(
        matches!(
            stream.answer_header("content-encoding"),
            None | Some("identity")
        ),
        "{stream:?}"
    );
}

/// How a client stops that was told all there is: some come back once more for the word that this
/// was all.
pub fn assert_stopped(client: Client, told: &Told, after: &[Exchange]) {
    let (ended, rest) = after.split_first().expect("a stream");
    assert_eq!(ended.status(), "200", "{client:?}");
    if client.tells_ids() {
        assert_eq!(told.last_id.as_deref(), ended.last_id());
    }
    if client.returns_after_the_end() {
        let [told_all] = rest else {
            panic!("{client:?} has made {} requests after the end", rest.len());
        };
        assert_eq!(told_all.status(), "204");
        assert_eq!(told_all.request_header("last-event-id"), ended.last_id());
        assert_eq!(told.stopped_by, "closed");
    } else {
        assert_eq!(rest.len(), 0, "{client:?}: {rest:?}");
        assert_eq!(told.stopped_by, "end");
    }
}

/// Reads an awkward answer while it is generated and when it is replayed, and one of a single letter.
async fn shows_what_is_stored(client: Client) {
    if client.command().is_none() {
        return;
    }
    let scene = Scene::start().await;
    let line = scene.line().await;
    let awkward = scene.ticket_answered(&AWKWARD).await;
    let short = scene.ticket_answered(&["!"]).await;
    let mut readings = Vec::new();
    for ticket in [&awkward, &awkward, &short] {
        readings.push(scene.reading(client, ticket).await);
    }
    let running = Running::start(client, &line.base_url(), &readings).expect("it is installed");
    let told = running.finish().await;

    let text = AWKWARD.concat();
    assert_eq!(scene.stored_text(&awkward).await, text);
    assert_eq!(scene.stored_text(&short).await, "!");
    assert_eq!(scene.simulator.requests().len(), 2);
    let streams = line.wire.streams();
    let each = if client.returns_after_the_end() { 2 } else { 1 };
    assert_eq!((told.len(), streams.len()), (3, 3 * each), "{streams:?}");
    for ((told, streams), text) in told
        .iter()
        .zip(streams.chunks(each))
        .zip([&text, &text, "!"])
    {
        assert_whole(told, text);
        assert_eq!(streams[0].request_header("last-event-id"), None);
        assert_uncompressed(&streams[0]);
        assert_stopped(client, told, streams);
    }
    assert_eq!(told[1].events.len(), 3, "the text so far is one delta");
    assert_eq!(told[2].events.len(), 3, "a letter is one delta");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browsers_event_source_shows_what_is_stored_and_stops() {
    shows_what_is_stored(Client::BrowserEventSource).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_package_eventsource_shows_what_is_stored_and_stops() {
    shows_what_is_stored(Client::NpmEventSource).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fetch_event_source_shows_what_is_stored_and_asks_once() {
    shows_what_is_stored(Client::FetchEventSource).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_javascript_openai_sdk_shows_what_is_stored() {
    shows_what_is_stored(Client::NodeOpenAi).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_openai_sdk_shows_what_is_stored() {
    shows_what_is_stored(Client::PythonOpenAi).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn httpx_sse_shows_what_is_stored() {
    shows_what_is_stored(Client::HttpxSse).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sseclient_py_shows_what_is_stored() {
    shows_what_is_stored(Client::SseclientPy).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn curl_shows_what_is_stored() {
    shows_what_is_stored(Client::Curl).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_stream_is_compressed_for_those_who_offer_it() {
    let scene = Scene::start().await;
    let ticket = scene.ticket_answered(&[]).await;
    let answer = scene.compressed(&ticket).await.expect_status(200);
    assert_eq!(answer.header("content-encoding"), "gzip");
}

/// OpenAI's SDKs know nothing of such an event, and the browsers' `EventSource` hears only what it
/// listens for.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_hands_off_is_read_by_every_client() {
    let scene = Scene::start().await;
    let ticket = scene.ticket_of_who_wants_a_person().await;
    for client in Client::ALL {
        let line = scene.line().await;
        let reading = [scene.reading(client, &ticket).await];
        let Some(running) = Running::start(client, &line.base_url(), &reading) else {
            continue;
        };
        let told = running.finish().await;
        let [told] = told.as_slice() else {
            panic!("one reading: {told:?}");
        };
        let text = scene.stored_text(&ticket).await;
        assert_eq!(told.text, text, "{client:?}");
        assert_eq!(told.stored_text.as_ref(), Some(&text), "{client:?}");
        let last = told.events.last().map(String::as_str);
        assert_eq!(last, Some("response.completed"), "{client:?}");
        assert_stopped(client, told, &line.wire.streams());
    }
    assert_eq!(scene.simulator.requests().len(), 0);
}
