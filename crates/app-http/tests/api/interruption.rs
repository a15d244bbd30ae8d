use std::sync::Arc;

use testkit::fakes::ScriptedChatModel;

use crate::binary::Server;
use crate::harness::{Answer, EventReader, Home, TestApp, shown_text, soon};

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_lets_the_answer_finish() {
    let (model, gate) = ScriptedChatModel::gated(["Hello", " there"]);
    let model = Arc::new(model);
    let app = TestApp::with_model(model.clone()).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let mut stream = ada.stream(&ticket).await;
    gate.release(1);
    stream.expect("response.created").await;
    stream.expect("response.output_text.delta").await;
    app.begin_to_stop();
    gate.release(1);
    let rest = stream.rest().await;
    assert_eq!(shown_text(&rest), " there");
    assert_eq!(
        rest.last().map(|event| event.name.as_str()),
        Some("response.completed")
    );
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_of_an_answer_that_cannot_finish_are_told_to_come_back() {
    let (model, gate) = ScriptedChatModel::gated(["Hello", " there"]);
    let settings = [("SHUTDOWN_SECONDS", "4")];
    let app = TestApp::with_settings(&settings, Some(Arc::new(model))).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let mut stream = ada.stream(&ticket).await;
    gate.release(1);
    stream.expect("response.created").await;
    stream.expect("response.output_text.delta").await;
    app.begin_to_stop();
    let closing = stream.expect("stream.closing").await;
    assert_eq!(closing.id, None);
    assert_eq!(closing.data["reason"], "shutdown");
    assert_eq!(stream.retry, closing.data["reconnect_ms"].as_u64());
    assert_eq!(stream.next().await, None);
    app.stop().await;
}

/// What was seen of an answer before the server was killed must be continued, or be wiped by an
/// explicit restart; and there is one answer in the end.
#[tokio::test(flavor = "multi_thread")]
async fn kill_minus_nine_in_mid_stream_loses_nothing_that_was_seen() {
    let simulator = groq_simulator::Simulator::start()
        .await
        .expect("a simulator");
    let whole = "Parcels take two to four days.";
    simulator.enqueue(groq_simulator::Reply::text(whole).stall_after(4));
    simulator.enqueue(groq_simulator::Reply::text(whole));
    let base_url = simulator.base_url();
    let settings = [
        ("GROQ_API_KEY", "gsk_not_a_real_key"),
        ("GROQ_BASE_URL", &base_url),
        ("LEASE_SECONDS", "1"),
    ];

    let home = Home::new().await;
    let database = home.settings();
    let settings: Vec<_> = settings
        .into_iter()
        .chain(database.iter().map(|(name, value)| (*name, value.as_str())))
        .collect();
    let mut server = Server::start(home.folder.path(), &settings).await;
    let token = server.new_customer().await;
    let ticket = server.new_ticket(&token).await;
    let path = format!("{ticket}/ai-response");
    let mut stream = EventReader::open(server.request(&path, &token)).await;
    let mut seen = vec![stream.expect("response.created").await];
    seen.push(stream.expect("response.output_text.delta").await);
    server.kill();

    let mut server = Server::start(home.folder.path(), &settings).await;
    let last = seen.last().expect("something seen").id().to_owned();
    let request = server.request(&path, &token).header("Last-Event-ID", last);
    let rest = soon("the answer", EventReader::open(request))
        .await
        .rest()
        .await;
    let names: Vec<_> = rest.iter().map(|event| event.name.as_str()).collect();
    assert!(names.contains(&"response.restarted"), "{names:?}");
    seen.extend(rest);
    assert_eq!(shown_text(&seen), whole);
    assert_eq!(
        seen.last().map(|event| event.name.as_str()),
        Some("response.completed")
    );

    let messages = Answer::to(server.request(&format!("{ticket}/messages"), &token)).await;
    let messages = messages.expect_status(200).json();
    assert_eq!(messages["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(simulator.requests().len(), 2, "one call an attempt");
    server.kill();
}
