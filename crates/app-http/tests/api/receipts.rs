use std::sync::Arc;

use serde_json::{Value, json};
use testkit::fakes::ScriptedChatModel;

use crate::harness::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_sees_how_an_answer_came_about() {
    let app = TestApp::start().await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    ada.stream(&ticket).await.rest().await;
    let messages = agent.messages(&ticket).await;
    let reply_id = messages[0]["reply_id"].as_str().expect("a reply");
    let path = format!("{ticket}/replies/{reply_id}");
    let receipt = agent.get(&path).await.expect_status(200).json();
    assert_eq!(receipt["id"], reply_id);
    assert_eq!(receipt["message_id"], messages[0]["id"]);
    assert_eq!(receipt["status"], "completed");
    assert_eq!(receipt["finish_reason"], "stop");
    assert_eq!(receipt["output_text"], "Hello there");
    assert_eq!(
        (&receipt["attempt"], &receipt["handovers"]),
        (&json!(1), &json!(0))
    );
    assert!(receipt["model_asked"].is_string());
    assert!(receipt["sources"].is_array());
    assert!(receipt["prompt_template"]["name"].is_string());
    assert!(receipt["prompt_template"]["version"].is_number());
    for time in [
        "created_at",
        "attempt_started_at",
        "first_token_at",
        "ended_at",
    ] {
        let time = receipt[time].as_str().expect(time);
        chrono::DateTime::parse_from_rfc3339(time).expect("RFC 3339");
    }
    assert!(receipt["timings"]["total_ms"].is_number());
    assert!(receipt["error"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_tells_what_went_wrong_and_what_runs() {
    let (model, gate) = ScriptedChatModel::gated(["Hello", " there"]);
    let app = TestApp::with_model(Arc::new(model)).await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    let mut stream = ada.stream(&ticket).await;
    gate.release(1);
    let created = stream.expect("response.created").await;
    stream.expect("response.output_text.delta").await;
    let reply_id = created.data["response_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let path = format!("{ticket}/replies/{reply_id}");
    let receipt = agent.get(&path).await.expect_status(200).json();
    assert_eq!(receipt["status"], "streaming");
    assert_eq!(receipt["output_text"], "Hello");
    assert_eq!(receipt["ended_at"], Value::Null);
    assert_eq!(receipt["usage"], Value::Null);

    agent.send(&ticket, "I am taking over").await;
    stream.expect("ticket.handed_off").await;
    stream.expect("response.cancelled").await;
    let receipt = agent.get(&path).await.expect_status(200).json();
    assert_eq!(receipt["status"], "cancelled");
    assert_eq!(receipt["reason"], "handoff");
    assert_eq!(receipt["output_text"], "Hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_of_what_a_rule_decided_names_no_model() {
    let app = TestApp::start().await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket_about("I want to talk to a human").await;
    ada.stream(&ticket).await.rest().await;
    let state = ada.reply_state(&ticket).await;
    let path = format!("{ticket}/replies/{}", state["id"].as_str().expect("an id"));
    let receipt = agent.get(&path).await.expect_status(200).json();
    assert_eq!(receipt["status"], "completed");
    for nothing in [
        "model_asked",
        "model_served",
        "prompt_sha256",
        "prompt_template",
    ] {
        assert_eq!(receipt[nothing], Value::Null, "{nothing}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_are_for_staff() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.customer("ada").await, app.customer("eve").await);
    let agent = app.agent("grace").await;
    let ticket = ada.open_ticket().await;
    ada.stream(&ticket).await.rest().await;
    let state = ada.reply_state(&ticket).await;
    let path = format!("{ticket}/replies/{}", state["id"].as_str().expect("an id"));
    ada.get(&path).await.expect_problem(403, "forbidden");
    eve.get(&path).await.expect_problem(404, "not_found");
    app.stranger().get(&path).await.expect_status(401);

    let other = ada.open_ticket().await;
    let unknown = "01920000-0000-7000-8000-000000000000";
    for missing in [
        path.replace(&ticket, &other),
        format!("{ticket}/replies/{unknown}"),
        format!("{ticket}/replies/nonsense"),
        format!("/tickets/{unknown}/replies/{unknown}"),
    ] {
        let refused = agent.get(&missing).await;
        refused.expect_problem(404, "not_found");
    }
}
