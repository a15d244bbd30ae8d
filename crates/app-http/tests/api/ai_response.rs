use std::sync::Arc;

use reqwest::Method;
use serde_json::json;
use testkit::fakes::{Script, ScriptedChatModel};

use crate::harness::{Answer, EventReader, TestApp, shown_text, soon};

pub fn names(events: &[crate::harness::Event]) -> Vec<&str> {
    events.iter().map(|event| event.name.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_streams_and_becomes_a_message() {
    let model = Arc::new(ScriptedChatModel::replying(["Hello", " there", "!"]));
    let app = TestApp::with_model(model.clone()).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;

    let stream = ada.stream(&ticket).await;
    assert_eq!(stream.status, 200);
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-cache, no-store, no-transform"),
        ("x-accel-buffering", "no"),
        ("content-encoding", "identity"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(
            stream
                .headers
                .get(name)
                .map(reqwest::header::HeaderValue::as_bytes),
            Some(value.as_bytes())
        );
    }
    let events = stream.rest().await;
    assert_eq!(
        events.first().map(|event| event.name.as_str()),
        Some("response.created")
    );
    assert_eq!(shown_text(&events), "Hello there!");

    let created = &events[0].data;
    let reply_id = created["response_id"].clone();
    assert_eq!(created["sequence_number"], 0);
    assert_eq!(created["response"]["id"], reply_id);
    assert_eq!(created["response"]["status"], "streaming");
    assert_eq!(created["response"]["in_reply_to"], json!(null));
    assert_eq!(created["response"]["attempt"], 1);
    assert_eq!(created["response"]["model"], "scripted");
    for pair in events.windows(2) {
        assert_eq!(pair[1].data["response_id"], reply_id);
        let (before, after) = (
            &pair[0].data["sequence_number"],
            &pair[1].data["sequence_number"],
        );
        assert!(before.as_i64() < after.as_i64(), "{before} {after}");
    }

    let completed = events.last().expect("an end");
    assert_eq!(completed.name, "response.completed");
    let response = &completed.data["response"];
    assert_eq!(response["status"], "completed");
    assert_eq!(response["output_text"], "Hello there!");
    assert_eq!(response["finish_reason"], "stop");

    let messages = ada.messages(&ticket).await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["id"], response["message_id"]);
    assert_eq!(messages[0]["content"], "Hello there!");
    assert_eq!(messages[0]["author"], "assistant");
    assert_eq!(messages[0]["is_ai"], true);
    assert_eq!(ada.get(&ticket).await.json()["status"], "pending");
    assert_eq!(model.calls(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_begins_with_its_retry_time() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let mut stream = ada.stream(&ticket).await;
    stream.expect("response.created").await;
    assert_eq!(stream.retry, Some(1_500));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_reader_gets_the_whole_answer_without_a_second_call() {
    let model = Arc::new(ScriptedChatModel::replying(["Hello", " there"]));
    let app = TestApp::with_model(model.clone()).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let first = ada.stream(&ticket).await.rest().await;
    let second = ada.stream(&ticket).await.rest().await;
    assert_eq!(
        names(&second),
        [
            "response.created",
            "response.output_text.delta",
            "response.completed"
        ]
    );
    assert_eq!(second.first(), first.first());
    assert_eq!(second.last(), first.last());
    assert_eq!(shown_text(&second), "Hello there");
    assert_eq!(model.calls(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_number_of_readers_at_once_share_one_generation() {
    let (model, gate) = ScriptedChatModel::gated(["Hello", " there", ", Ada"]);
    let model = Arc::new(model);
    let app = TestApp::with_model(model.clone()).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let opening = (0..40).map(|_| ada.stream(&ticket));
    let streams = futures_util::future::join_all(opening).await;
    gate.release(3);
    let readings = futures_util::future::join_all(streams.into_iter().map(EventReader::rest)).await;
    for events in readings {
        assert_eq!(shown_text(&events), "Hello there, Ada");
        assert_eq!(
            events.last().map(|e| e.name.as_str()),
            Some("response.completed")
        );
    }
    assert_eq!(model.calls(), 1);
    assert_eq!(ada.messages(&ticket).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_reader_sees_the_text_so_far_at_once() {
    let (model, gate) = ScriptedChatModel::gated(["one ", "two ", "three"]);
    let app = TestApp::with_model(Arc::new(model)).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let mut early = ada.stream(&ticket).await;
    early.expect("response.created").await;
    for piece in ["one ", "two "] {
        gate.release(1);
        let delta = early.expect("response.output_text.delta").await;
        assert_eq!(delta.data["delta"], piece);
    }

    let mut late = ada.stream(&ticket).await;
    late.expect("response.created").await;
    let so_far = late.expect("response.output_text.delta").await;
    assert_eq!(so_far.data["delta"], "one two ");
    let state = ada.reply_state(&ticket).await;
    assert_eq!(
        (&state["status"], &state["output_text"]),
        (&json!("streaming"), &json!("one two "))
    );
    gate.release(1);
    assert_eq!(shown_text(&late.rest().await), "three");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_finds_its_answer_stored() {
    let (model, gate) = ScriptedChatModel::gated(["Hello", " there"]);
    let app = TestApp::with_model(Arc::new(model)).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let mut stream = ada.stream(&ticket).await;
    stream.expect("response.created").await;
    drop(stream);
    gate.release(2);
    let events = ada.stream(&ticket).await.rest().await;
    assert_eq!(shown_text(&events), "Hello there");
    assert_eq!(ada.messages(&ticket).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_customer_message_gets_its_own_answer() {
    let model =
        ScriptedChatModel::playing([Script::replying(["first"]), Script::replying(["second"])]);
    let model = Arc::new(model);
    let app = TestApp::with_model(model.clone()).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    assert_eq!(shown_text(&ada.stream(&ticket).await.rest().await), "first");
    let question = ada.send(&ticket, "And by express?").await;
    let events = ada.stream(&ticket).await.rest().await;
    assert_eq!(shown_text(&events), "second");
    assert_eq!(events[0].data["response"]["in_reply_to"], question.as_str());
    let messages = ada.messages(&ticket).await;
    let contents: Vec<_> = messages.iter().map(|m| m["content"].clone()).collect();
    assert_eq!(contents, ["first", "And by express?", "second"]);
    assert_eq!(messages[2]["in_reply_to"], question.as_str());
    let asked = model.requests();
    let turns: Vec<_> = asked[1]
        .turns
        .iter()
        .map(|turn| turn.content.as_str())
        .collect();
    assert_eq!(
        turns[2..],
        ["first", "And by express?"],
        "the conversation is part of the prompt"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn awkward_texts_arrive_as_they_were_said() {
    let text = [
        "\u{2028}",
        "a\r\nb\rc\n\n",
        "data: [DONE]\n\n",
        "🚀\u{85}\u{2029}",
        " trailing ",
    ];
    let app = TestApp::with_model(Arc::new(ScriptedChatModel::replying(text))).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let raw = Answer::to(ada.request(Method::GET, &format!("{ticket}/ai-response"))).await;
    for character in ['\u{85}', '\u{2028}', '\u{2029}', '\r'] {
        assert!(!raw.body.contains(character), "{character:?} is left raw");
    }
    let events = ada.stream(&ticket).await.rest().await;
    assert_eq!(shown_text(&events), text.concat());
    assert_eq!(ada.messages(&ticket).await[0]["content"], text.concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_json_or_the_head_never_generates() {
    let model = Arc::new(ScriptedChatModel::replying(["Hello"]));
    let app = TestApp::with_model(model.clone()).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let path = format!("{ticket}/ai-response");

    assert_eq!(ada.reply_state(&ticket).await, json!({"status": "none"}));
    let head = Answer::to(ada.request(Method::HEAD, &path))
        .await
        .expect_status(200);
    assert_eq!(head.header("content-type"), "text/event-stream");
    let prefetch = ada
        .request(Method::GET, &path)
        .header("Sec-Purpose", "prefetch");
    Answer::to(prefetch).await.expect_status(200);
    assert_eq!(model.calls(), 0);

    for accept in [
        "*/*",
        "text/event-stream",
        "text/event-stream, application/json",
    ] {
        let answer = Answer::to(ada.request(Method::GET, &path).header("Accept", accept)).await;
        assert_eq!(
            answer.header("content-type"),
            "text/event-stream",
            "{accept}"
        );
    }
    let state = ada.reply_state(&ticket).await;
    assert_eq!(state["status"], "completed");
    assert_eq!(state["output_text"], "Hello");
    assert_eq!(state["ticket_id"], ticket.trim_start_matches("/tickets/"));
    assert_eq!(model.calls(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_replies_at_a_time_are_429_and_ask_no_model() {
    let (model, gate) = ScriptedChatModel::gated(["Hello"]);
    let model = Arc::new(model);
    let settings = [("CONCURRENT_REPLIES", "2")];
    let app = TestApp::with_settings(&settings, Some(model.clone())).await;
    let ada = app.customer("ada").await;
    let tickets = [
        ada.open_ticket().await,
        ada.open_ticket().await,
        ada.open_ticket().await,
    ];
    let mut running = Vec::new();
    for ticket in &tickets[..2] {
        let mut stream = ada.stream(ticket).await;
        stream.expect("response.created").await;
        running.push(stream);
    }
    soon("both generations", model.until_called(2)).await;
    let refused = ada.get(&format!("{}/ai-response", tickets[2])).await;
    assert!(
        refused
            .header("retry-after")
            .parse::<u32>()
            .expect("seconds")
            > 0
    );
    refused.expect_problem(429, "too_many_replies");
    assert_eq!(model.calls(), 2);
    gate.release(3);
    for stream in running {
        stream.rest().await;
    }
    let events = ada.stream(&tickets[2]).await.rest().await;
    assert_eq!(shown_text(&events), "Hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_assistants_own_handoff_leaves_the_ticket_open() {
    let model = ScriptedChatModel::replying(["I found nothing."]).handing_off();
    let app = TestApp::with_model(Arc::new(model)).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let events = ada.stream(&ticket).await.rest().await;
    assert_eq!(
        events.last().map(|e| e.name.as_str()),
        Some("response.completed")
    );
    let shown = ada.get(&ticket).await.json();
    assert_eq!(
        (&shown["status"], &shown["assistant_enabled"]),
        (&json!("open"), &json!(false))
    );
}
