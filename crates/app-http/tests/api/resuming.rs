use std::sync::Arc;

use reqwest::Method;
use testkit::fakes::{ModelFault, Script, ScriptedChatModel};

use crate::harness::{Event, EventReader, Session, TestApp, shown_text};

/// Reads the answer while it is generated piece by piece, so that each piece is an event.
async fn read_piecewise(
    ada: &Session<'_>,
    ticket: &str,
    gate: &testkit::fakes::Gate,
) -> Vec<Event> {
    let mut stream = ada.stream(ticket).await;
    let mut events = vec![stream.expect("response.created").await];
    loop {
        gate.release(1);
        let event = stream.next().await.expect("an end event");
        let ended = event.name != "response.output_text.delta";
        events.push(event);
        if ended {
            return events;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_after_any_event_a_client_gets_exactly_what_is_missing() {
    let pieces = ["Grüße", " 🚀\u{2028}", "a\r\nb", "data: [DONE]\n\n", "end"];
    let (model, gate) = ScriptedChatModel::gated(pieces);
    let app = TestApp::with_model(Arc::new(model)).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let events = read_piecewise(&ada, &ticket, &gate).await;
    let text = pieces.concat();
    assert_eq!(shown_text(&events), text);
    let last = events.last().expect("an end");

    for cut in 0..events.len() - 1 {
        let (seen, missed) = events.split_at(cut + 1);
        let rest = ada.resume(&ticket, seen[cut].id()).await.rest().await;
        assert_eq!(
            shown_text(&[seen, &rest].concat()),
            text,
            "cut after event {cut}"
        );
        assert_eq!(rest.last(), Some(last));
        assert!(
            rest.iter().all(|event| event.name != "response.snapshot"),
            "nothing twice"
        );
        assert_eq!(shown_text(&rest), shown_text(missed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_saw_the_end_is_told_to_stop() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let events = ada.stream(&ticket).await.rest().await;
    let end = events.last().expect("an end").id();
    assert_eq!(ada.resume(&ticket, end).await.status, 204);
    let path = format!("{ticket}/ai-response?last_event_id={end}");
    assert_eq!(ada.get(&path).await.status, 204);
    let number = &events.last().expect("an end").data["sequence_number"];
    assert_eq!(
        ada.get(&format!("{ticket}/ai-response?starting_after={number}"))
            .await
            .status,
        204
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_answer_is_resumed_by_header_parameter_or_number() {
    let (model, gate) = ScriptedChatModel::gated(["one ", "two ", "three"]);
    let app = TestApp::with_model(Arc::new(model)).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let mut stream = ada.stream(&ticket).await;
    stream.expect("response.created").await;
    gate.release(1);
    let one = stream.expect("response.output_text.delta").await;
    gate.release(1);
    stream.expect("response.output_text.delta").await;
    drop(stream);

    let path = format!("{ticket}/ai-response");
    let open = async |query: &str| {
        EventReader::open(ada.request(Method::GET, &format!("{path}?{query}"))).await
    };
    let number = &one.data["sequence_number"];
    let mut readers = vec![
        ada.resume(&ticket, one.id()).await,
        open(&format!("last_event_id={}", one.id())).await,
        open(&format!("starting_after={number}")).await,
    ];
    for reader in &mut readers {
        assert_eq!(
            reader.expect("response.output_text.delta").await.data["delta"],
            "two "
        );
    }
    gate.release(1);
    for reader in readers {
        assert_eq!(shown_text(&reader.rest().await), "three");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_another_reply_counts_as_none() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let (first, second) = (ada.open_ticket().await, ada.open_ticket().await);
    let old = ada.stream(&first).await.rest().await;
    let cursor = old.last().expect("an end").id();
    let events = ada.resume(&second, cursor).await.rest().await;
    assert_eq!(events[0].name, "response.created");
    assert_eq!(shown_text(&events), "Hello there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_that_cannot_be_used_gets_a_snapshot() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let events = ada.stream(&ticket).await.rest().await;
    let reply = events[0]
        .id()
        .split('.')
        .next()
        .expect("a reply's id")
        .to_owned();
    for cursor in [
        "nonsense".to_owned(),
        format!("{reply}.1.1.9999"),
        format!("{reply}.7.1.0"),
        format!("{reply}.1.x.0"),
        "\u{e9}".to_owned(),
    ] {
        let rest = ada.resume(&ticket, &cursor).await.rest().await;
        assert_eq!(rest[0].name, "response.snapshot", "{cursor}");
        assert_eq!(rest[0].data["text"], "Hello there");
        assert_eq!(rest[0].data["status"], "completed");
        assert_eq!(rest[0].data["attempt"], 1);
        assert_eq!(rest.last(), events.last());
        let resumed = ada.resume(&ticket, rest[0].id()).await.rest().await;
        assert_eq!(resumed, [events.last().expect("an end").clone()]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_a_discarded_attempt_is_told_to_discard() {
    let model = ScriptedChatModel::replying(["wrong"])
        .then_fails(ModelFault::Unavailable)
        .and_then(Script::replying(["right"]));
    let app = TestApp::with_model(Arc::new(model)).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let first = ada.stream(&ticket).await.rest().await;
    let second = ada.stream(&ticket).await.rest().await;
    assert_eq!(shown_text(&second), "right");
    for seen in &first {
        let rest = ada.resume(&ticket, seen.id()).await.rest().await;
        assert_eq!(rest[0].name, "response.restarted");
        assert_eq!(rest[0].data["attempt"], 2);
        assert_eq!(shown_text(&rest), "right");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn resuming_works_after_a_restart() {
    let model = Arc::new(ScriptedChatModel::replying(["Hello", " there"]));
    let app = TestApp::with_model(model.clone()).await;
    let ada = app.customer("ada").await;
    let (ticket, token) = (ada.open_ticket().await, ada.token.clone());
    let events = ada.stream(&ticket).await.rest().await;

    let app = app.restart(model.clone()).await;
    let ada = Session::new(&app, token);
    for cut in 0..events.len() - 1 {
        let rest = ada.resume(&ticket, events[cut].id()).await.rest().await;
        let all = [&events[..=cut], &rest].concat();
        assert_eq!(shown_text(&all), "Hello there");
    }
    assert_eq!(model.calls(), 1);
}
