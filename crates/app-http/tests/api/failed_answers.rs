//! Answers that come to nothing, and what is tried again.

use std::sync::Arc;

use testkit::fakes::{ModelFault, Script, ScriptedChatModel};

use crate::ai_response::names;
use crate::harness::{TestApp, shown_text};

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_answer_is_none() {
    let model = ScriptedChatModel::replying([]).and_then(Script::replying(["Hello"]));
    let app = TestApp::with_model(Arc::new(model)).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let events = ada.stream(&ticket).await.rest().await;
    assert_eq!(names(&events), ["response.created", "response.failed"]);
    let error = &events[1].data["response"]["error"];
    assert_eq!(error["code"], "upstream_unavailable");
    assert_eq!(error["retryable"], true);
    assert!(ada.messages(&ticket).await.is_empty());

    let events = ada.stream(&ticket).await.rest().await;
    assert_eq!(events.last().expect("an end").name, "response.completed");
    assert_eq!(ada.messages(&ticket).await[0]["content"], "Hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_told_as_an_event_and_a_fresh_request_tries_again() {
    let model = ScriptedChatModel::replying(["Hel"])
        .then_fails(ModelFault::TimedOut)
        .and_then(Script::replying(["Hello"]));
    let model = Arc::new(model);
    let app = TestApp::with_model(model.clone()).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;

    let events = ada.stream(&ticket).await.rest().await;
    let failed = events.last().expect("an end");
    assert_eq!(failed.name, "response.failed");
    let error = &failed.data["response"]["error"];
    assert_eq!(error["code"], "upstream_timeout");
    assert_eq!(error["retryable"], true);
    assert!(error["message"].is_string());
    assert_eq!(failed.data["response"]["output_text"], "Hel");
    assert!(
        ada.messages(&ticket).await.is_empty(),
        "half an answer is no message"
    );

    let again = ada.resume(&ticket, failed.id()).await;
    assert_eq!(
        again.status, 204,
        "a reconnecting client causes no new attempt"
    );
    assert_eq!(model.calls(), 1);

    let events = ada.stream(&ticket).await.rest().await;
    assert_eq!(events[0].data["response"]["attempt"], 2);
    assert_eq!(shown_text(&events), "Hello");
    assert_eq!(
        events.last().map(|e| e.name.as_str()),
        Some("response.completed")
    );
    assert_eq!(ada.messages(&ticket).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_gets_three_attempts_and_no_more() {
    let model = Arc::new(ScriptedChatModel::refusing(ModelFault::Unavailable));
    let app = TestApp::with_model(model.clone()).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    for _ in 0..5 {
        let events = ada.stream(&ticket).await.rest().await;
        let failed = events.last().expect("an end");
        assert_eq!(failed.name, "response.failed");
        assert_eq!(
            failed.data["response"]["error"]["code"],
            "upstream_unavailable"
        );
    }
    assert_eq!(model.calls(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_breaks_off_never_looks_whole() {
    let app = TestApp::with_model(Arc::new(ScriptedChatModel::replying(["Hel"]).cut_off())).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let events = ada.stream(&ticket).await.rest().await;
    assert_eq!(
        events.last().map(|e| e.name.as_str()),
        Some("response.failed")
    );
    assert!(ada.messages(&ticket).await.is_empty());
}
