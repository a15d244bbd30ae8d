//! Streams that are open while their readers lose the right to read them.

use std::sync::Arc;

use serde_json::{Value, json};
use testkit::fakes::ScriptedChatModel;

use crate::harness::{EventReader, Session, TestApp, shown_text};

impl EventReader {
    /// Reads to the end, which must be the word that access was lost.
    async fn expect_access_lost(mut self) {
        let closing = self.expect("stream.closing").await;
        assert_eq!(closing.data["reason"], "access_lost");
        assert_eq!(closing.data["reconnect_ms"], 5_000);
        assert_eq!(closing.id, None);
        assert_eq!(self.next().await, None);
    }
}

/// A reader in the middle of an answer.
async fn reading(session: &Session<'_>, ticket: &str) -> EventReader {
    let mut stream = session.stream(ticket).await;
    stream.expect("response.created").await;
    stream.expect("response.output_text.delta").await;
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_and_a_former_agent_read_no_further() {
    let (model, gate) = ScriptedChatModel::gated(["Hello", " there"]);
    let model = Arc::new(model);
    let app = TestApp::with_model(model.clone()).await;
    let root = app.admin("root").await;
    let (ada, grace) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    gate.release(1);
    let by_ada = reading(&ada, &ticket).await;
    let by_grace = reading(&grace, &ticket).await;
    let issued = ada
        .post(&format!("{ticket}/stream-token"), &Value::Null)
        .await;
    let token = issued.expect_status(200).text_of("token");
    let by_token = format!("{ticket}/ai-response?stream_token={token}");
    let by_token = reqwest::Client::new().get(app.url(&by_token));
    let mut by_token = EventReader::open(by_token).await;
    by_token.expect("response.created").await;
    by_token.expect("response.output_text.delta").await;
    let mut by_root = reading(&root, &ticket).await;

    let former = format!("/users/{}", grace.id().await);
    root.patch(&former, &json!({"role": "user"}))
        .await
        .expect_status(200);
    by_grace.expect_access_lost().await;
    let disabled = format!("/users/{}", ada.id().await);
    root.patch(&disabled, &json!({"disabled": true}))
        .await
        .expect_status(200);
    by_ada.expect_access_lost().await;
    by_token.expect_access_lost().await;

    // Nobody's leaving stops the answer.
    gate.open();
    by_root.expect("response.output_text.delta").await;
    let end = by_root.expect("response.completed").await;
    assert_eq!(end.data["response"]["output_text"], "Hello there");
    assert_eq!(model.calls(), 1);
    grace
        .get(&format!("{ticket}/ai-response"))
        .await
        .expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_keeps_the_right_reads_on_to_the_end() {
    let (model, gate) = ScriptedChatModel::gated(["Hello", " there"]);
    let app = TestApp::with_model(Arc::new(model)).await;
    let root = app.admin("root").await;
    let (ada, bob) = (app.customer("ada").await, app.agent("bob").await);
    let ticket = ada.open_ticket().await;
    gate.release(1);
    let by_ada = reading(&ada, &ticket).await;
    let by_bob = reading(&bob, &ticket).await;
    let promoted = format!("/users/{}", ada.id().await);
    root.patch(&promoted, &json!({"role": "agent"}))
        .await
        .expect_status(200);
    let disabled = format!("/users/{}", bob.id().await);
    root.patch(&disabled, &json!({"disabled": true}))
        .await
        .expect_status(200);
    // One look at everybody's rights ends this stream and not the other.
    by_bob.expect_access_lost().await;
    gate.open();
    assert_eq!(shown_text(&by_ada.rest().await), " there");
}
