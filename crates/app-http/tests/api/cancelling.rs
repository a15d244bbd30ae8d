use std::sync::Arc;

use serde_json::{Value, json};
use testkit::fakes::{ModelFault, Script, ScriptedChatModel};

use crate::harness::{Answer, Session, TestApp, shown_text, soon};

impl Session<'_> {
    async fn cancel(&self, ticket: &str) -> Answer {
        let path = format!("{ticket}/ai-response/cancel");
        self.post(&path, &Value::Null).await
    }

    async fn retry(&self, ticket: &str) -> Answer {
        let path = format!("{ticket}/ai-response/retry");
        self.post(&path, &Value::Null).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_stops_the_answer_and_keeps_what_was_said() {
    let (model, gate) = ScriptedChatModel::gated(["Hello", " there"]);
    let model = Arc::new(model);
    let app = TestApp::with_model(model.clone()).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let mut stream = ada.stream(&ticket).await;
    gate.release(1);
    stream.expect("response.created").await;
    stream.expect("response.output_text.delta").await;

    let state = ada.cancel(&ticket).await.expect_status(200).json();
    for (member, value) in [
        ("status", "cancelled"),
        ("output_text", "Hello"),
        ("cancelled_by", "customer"),
        ("reason", "user"),
    ] {
        assert_eq!(state[member], value, "{state}");
    }
    soon("the model is stopped", model.until_dropped(1)).await;
    let end = stream.expect("response.cancelled").await;
    assert_eq!(end.data["response"], state);
    assert_eq!(stream.next().await, None);

    // Repeating it, reloading and coming back change nothing.
    assert_eq!(ada.cancel(&ticket).await.expect_status(200).json(), state);
    let reloaded = ada.stream(&ticket).await.rest().await;
    assert_eq!(shown_text(&reloaded), "Hello");
    assert_eq!(reloaded.last(), Some(&end));
    assert_eq!(ada.resume(&ticket, end.id()).await.status, 204);
    assert_eq!(ada.messages(&ticket).await, Vec::<Value>::new());
    assert_eq!(ada.get(&ticket).await.json()["status"], "open");
    assert_eq!(model.calls(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_stops_an_answer_as_an_agent() {
    let (model, _gate) = ScriptedChatModel::gated(["Hello"]);
    let app = TestApp::with_model(Arc::new(model)).await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    let mut stream = ada.stream(&ticket).await;
    stream.expect("response.created").await;
    let state = agent.cancel(&ticket).await.expect_status(200).json();
    assert_eq!(state["cancelled_by"], "agent");
    stream.expect("response.cancelled").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_nothing_to_stop_before_and_after_an_answer() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let nothing = ada.cancel(&ticket).await.expect_status(200);
    assert_eq!(nothing.json(), json!({"status": "none"}));
    let events = ada.stream(&ticket).await.rest().await;
    assert_eq!(shown_text(&events), "Hello there", "it was not forbidden");
    let state = ada.cancel(&ticket).await.expect_status(200).json();
    assert_eq!(state["status"], "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_stop_and_retry_nothing() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.customer("ada").await, app.customer("bob").await);
    let ticket = ada.open_ticket().await;
    for action in ["cancel", "retry"] {
        let path = format!("{ticket}/ai-response/{action}");
        bob.post(&path, &Value::Null)
            .await
            .expect_problem(404, "not_found");
        let nobody = app.stranger().post(&path, &Value::Null).await;
        nobody.expect_problem(401, "unauthenticated");
        let refused = ada.get(&path).await;
        assert_eq!(refused.header("allow"), "POST");
        refused.expect_problem(405, "method_not_allowed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_stopped_or_failed_is_retried_on_demand() {
    let (begun, gate) = Script::gated(["begun", "never said"]);
    let model = Arc::new(ScriptedChatModel::playing([
        begun,
        Script::refusing(ModelFault::Rejected { status: 401 }),
        Script::replying(["whole"]),
    ]));
    let app = TestApp::with_model(model.clone()).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    ada.retry(&ticket)
        .await
        .expect_problem(409, "nothing_to_retry");
    let mut stream = ada.stream(&ticket).await;
    gate.release(1);
    stream.expect("response.created").await;
    let seen = stream.expect("response.output_text.delta").await;
    ada.retry(&ticket)
        .await
        .expect_problem(409, "reply_running");
    ada.cancel(&ticket).await.expect_status(200);
    stream.expect("response.cancelled").await;

    let state = ada.retry(&ticket).await.expect_status(202).json();
    assert_eq!(
        (&state["status"], &state["attempt"]),
        (&json!("streaming"), &json!(2))
    );
    let failed = ada.stream(&ticket).await.rest().await;
    let error = &failed.last().expect("an end").data["response"]["error"];
    assert_eq!(error["code"], "upstream_rejected");
    assert_eq!(error["retryable"], false);

    ada.retry(&ticket).await.expect_status(202);
    let rest = ada.resume(&ticket, seen.id()).await.rest().await;
    assert_eq!(rest[0].name, "response.restarted");
    assert_eq!(rest[0].data["reason"], "retry");
    assert_eq!(shown_text(&rest), "whole");
    ada.retry(&ticket)
        .await
        .expect_problem(409, "reply_completed");
    assert_eq!(ada.messages(&ticket).await.len(), 1);
    assert_eq!(model.calls(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_of_a_ticket_in_peoples_hands_is_refused() {
    let (model, _gate) = ScriptedChatModel::gated(["Hello"]);
    let app = TestApp::with_model(Arc::new(model)).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let mut stream = ada.stream(&ticket).await;
    stream.expect("response.created").await;
    ada.post(&format!("{ticket}/handoff"), &Value::Null)
        .await
        .expect_status(200);
    stream.expect("ticket.handed_off").await;
    stream.expect("response.cancelled").await;
    ada.retry(&ticket)
        .await
        .expect_problem(409, "assistant_off");
}

#[tokio::test(flavor = "multi_thread")]
async fn retries_count_on_the_limit_per_minute() {
    let model = ScriptedChatModel::refusing(ModelFault::Unavailable);
    let settings = [("REPLIES_PER_MINUTE", "2")];
    let app = TestApp::with_settings(&settings, Some(Arc::new(model))).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    ada.stream(&ticket).await.rest().await;
    ada.retry(&ticket).await.expect_status(202);
    ada.stream(&ticket).await.rest().await;
    let refused = ada.retry(&ticket).await;
    assert!(refused.header("retry-after").parse::<u64>().is_ok());
    refused.expect_problem(429, "too_many_replies");
}
