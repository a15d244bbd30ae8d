use std::sync::Arc;

use serde_json::json;
use testkit::fakes::ScriptedChatModel;

use crate::harness::{Answer, TestApp, shown_text, soon};

#[tokio::test(flavor = "multi_thread")]
async fn a_handed_off_ticket_gets_no_new_answer() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let handed = ada
        .post(&format!("{ticket}/handoff"), &json!(null))
        .await
        .expect_status(200);
    assert_eq!(handed.json()["assistant_enabled"], false);
    assert_eq!(handed.json()["status"], "open");
    let answer = ada.get(&format!("{ticket}/ai-response")).await;
    answer.expect_problem(409, "assistant_off");
    let again = ada
        .post(&format!("{ticket}/handoff"), &json!(null))
        .await
        .expect_status(200);
    assert_eq!(again.json()["version"], handed.json()["version"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_before_the_handoff_is_still_replayed() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let before = ada.stream(&ticket).await.rest().await;
    ada.post(&format!("{ticket}/handoff"), &json!(null))
        .await
        .expect_status(200);
    let after = ada.stream(&ticket).await.rest().await;
    assert_eq!(shown_text(&after), shown_text(&before));
    assert_eq!(after.last(), before.last());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handoff_cancels_the_answer_that_is_streaming() {
    let (model, gate) = ScriptedChatModel::gated(["Hello", " there"]);
    let model = Arc::new(model);
    let app = TestApp::with_model(model.clone()).await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    let mut stream = ada.stream(&ticket).await;
    gate.release(1);
    stream.expect("response.created").await;
    stream.expect("response.output_text.delta").await;

    agent.send(&ticket, "I am taking over").await;

    let handed_off = stream.expect("ticket.handed_off").await;
    assert_eq!(handed_off.data["reason"], "agent");
    let cancelled = stream.expect("response.cancelled").await;
    assert_eq!(cancelled.data["response"]["output_text"], "Hello");
    assert_eq!(cancelled.data["response"]["reason"], "handoff");
    assert_eq!(cancelled.data["response"]["cancelled_by"], "agent");
    assert_eq!(stream.next().await, None);
    soon("the model is told to stop", model.until_dropped(1)).await;

    let shown = ada.get(&ticket).await.json();
    assert_eq!(shown["status"], "pending");
    assert_eq!(shown["assistant_enabled"], false);
    assert_eq!(
        shown["messages"].as_array().map(Vec::len),
        Some(1),
        "the agent's only"
    );
    let state = ada.reply_state(&ticket).await;
    assert_eq!(
        (&state["status"], &state["output_text"]),
        (&json!("cancelled"), &json!("Hello"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unanswered_question_that_an_agent_answered_needs_no_answer() {
    let app = TestApp::start().await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    agent.send(&ticket, "It is on its way").await;
    let answer: Answer = ada.get(&format!("{ticket}/ai-response")).await;
    answer.expect_status(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_message_supersedes_the_answer_that_is_streaming() {
    let (model, gate) = ScriptedChatModel::gated(["old", "er"]);
    let model = Arc::new(model.and_then(testkit::fakes::Script::replying(["new"])));
    let app = TestApp::with_model(model.clone()).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let mut stream = ada.stream(&ticket).await;
    gate.release(1);
    stream.expect("response.created").await;
    stream.expect("response.output_text.delta").await;

    ada.send(&ticket, "Never mind, where is my invoice?").await;
    let cancelled = stream.expect("response.cancelled").await;
    assert_eq!(cancelled.data["response"]["reason"], "superseded");
    assert_eq!(cancelled.data["response"]["cancelled_by"], "customer");
    assert_eq!(cancelled.data["response"]["output_text"], "old");
    let answer = ada.stream(&ticket).await.rest().await;
    assert_eq!(shown_text(&answer), "new");
}
