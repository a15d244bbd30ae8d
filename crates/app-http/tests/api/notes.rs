use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::fakes::ScriptedChatModel;

use crate::harness::{Answer, Session, TestApp};

const SECRET: &str = "xyzzy-4711";

async fn note(agent: &Session<'_>, ticket: &str) {
    let body = json!({"content": SECRET, "visibility": "internal"});
    let noted = agent.post(&format!("{ticket}/messages"), &body).await;
    assert_eq!(noted.expect_status(201).json()["visibility"], "internal");
}

/// Whatever the ticket's customer can ask for.
async fn everything(owner: &Session<'_>, ticket: &str) -> Vec<Answer> {
    let mut answers = Vec::new();
    for path in [
        ticket.to_owned(),
        format!("{ticket}/messages"),
        format!("{ticket}/messages?limit=1"),
        "/tickets".to_owned(),
        "/tickets?sort=updated_at".to_owned(),
        format!("/tickets?q={SECRET}"),
    ] {
        answers.push(owner.get(&path).await.expect_status(200));
    }
    let request = owner.request(Method::GET, &format!("{ticket}/ai-response"));
    let state = request.header("Accept", "application/json");
    answers.push(Answer::to(state).await.expect_status(200));
    let renamed = owner.patch(ticket, &json!({"title": "Question"})).await;
    answers.push(renamed.expect_status(200));
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_never_reach_the_customer_or_the_model() {
    let model = Arc::new(ScriptedChatModel::replying(["Hello", " there"]));
    let app = TestApp::with_model(model.clone()).await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    ada.send(&ticket, "Hello?").await;
    note(&agent, &ticket).await;
    ada.send(&ticket, "Any news?").await;
    note(&agent, &ticket).await;
    let streamed = ada.stream(&ticket).await.rest().await;
    for event in &streamed {
        assert!(!event.data.to_string().contains(SECRET));
    }
    for request in model.requests() {
        assert!(!format!("{request:?}").contains(SECRET), "{request:?}");
    }
    for answer in everything(&ada, &ticket).await {
        assert!(!answer.body.contains(SECRET), "{}", answer.body);
        assert!(!answer.body.contains("internal"), "{}", answer.body);
    }
    let shown = ada.messages(&ticket).await;
    let contents: Vec<&Value> = shown.iter().map(|message| &message["content"]).collect();
    assert_eq!(contents, ["Hello?", "Any news?", "Hello there"]);
    let staff = agent.messages(&ticket).await;
    assert_eq!(staff.len(), 5);
}

/// It is a change of the ticket that an agent's tool wants to see, so its version rises; that much
/// the customer can tell, and no more.
#[tokio::test(flavor = "multi_thread")]
async fn a_note_changes_the_version_and_the_time_of_the_last_change_and_nothing_else() {
    let app = TestApp::start().await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    let before = ada.get(&ticket).await;
    note(&agent, &ticket).await;
    let after = ada.get(&ticket).await;
    assert_eq!(before.header("etag"), "\"1\"");
    assert_eq!(after.header("etag"), "\"2\"");
    let (before, mut after) = (before.json(), after.json());
    assert_eq!(after["version"], 2);
    for member in ["version", "updated_at"] {
        after[member] = before[member].clone();
    }
    assert_eq!(after, before);
}
