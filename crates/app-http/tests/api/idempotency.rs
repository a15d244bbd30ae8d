use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::fakes::ScriptedChatModel;

use crate::harness::{Answer, Session, TestApp};

impl Session<'_> {
    async fn keyed(&self, path: &str, key: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).json(body);
        Answer::to(request.header("Idempotency-Key", key)).await
    }

    async fn ticket_count(&self) -> usize {
        let page = self.get("/tickets?limit=100").await.expect_status(200);
        page.json()["items"].as_array().expect("a list").len()
    }
}

fn question() -> Value {
    json!({"title": "Parcel", "description": "Where is it?"})
}

/// Everything of an answer that a client could tell it by.
fn seen(answer: &Answer) -> (u16, String, String, String) {
    (
        answer.status.as_u16(),
        answer.body.clone(),
        answer.header("location").to_owned(),
        answer.header("etag").to_owned(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_gets_the_first_answer_and_does_nothing() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let first = ada.keyed("/tickets", "k-1", &question()).await;
    let first = first.expect_status(201);
    assert_eq!(first.header("idempotency-replayed"), "");
    let ticket = first.header("location").to_owned();

    // Whatever becomes of the ticket meanwhile, and however the body is written.
    ada.send(&ticket, "Hello?").await;
    ada.patch(&ticket, &json!({"title": "Another"}))
        .await
        .expect_status(200);
    let request = ada
        .request(Method::POST, "/tickets")
        .header("content-type", "application/json")
        .body("{ \"description\":\"Where is it?\",\n \"title\":\"Parcel\" }");
    let again = Answer::to(request.header("Idempotency-Key", "k-1")).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(seen(&again), seen(&first));
    assert_eq!(ada.ticket_count().await, 1);

    let messages = format!("{ticket}/messages");
    let body = json!({"content": "Are you there?"});
    let first = ada.keyed(&messages, "k-2", &body).await.expect_status(201);
    let again = ada.keyed(&messages, "k-2", &body).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(seen(&again), seen(&first));
    assert_eq!(ada.messages(&ticket).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_means_one_request_of_one_person() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.customer("ada").await, app.customer("bob").await);
    let first = ada.keyed("/tickets", "key", &question()).await;
    let ticket = first.expect_status(201).header("location").to_owned();
    let other = json!({"title": "Parcel", "description": "Where is the other one?"});
    ada.keyed("/tickets", "key", &other)
        .await
        .expect_problem(422, "idempotency_key_reused");
    let messages = format!("{ticket}/messages");
    ada.keyed(&messages, "key", &json!({"content": "Hello?"}))
        .await
        .expect_problem(422, "idempotency_key_reused");
    let other_ticket = ada.open_ticket().await;
    let body = json!({"content": "Hello?"});
    ada.keyed(&messages, "m", &body).await.expect_status(201);
    ada.keyed(&format!("{other_ticket}/messages"), "m", &body)
        .await
        .expect_problem(422, "idempotency_key_reused");

    let his = bob.keyed("/tickets", "key", &question()).await;
    assert_eq!(his.expect_status(201).header("idempotency-replayed"), "");
    bob.keyed(&messages, "m", &body)
        .await
        .expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_copies_at_once_one_is_done() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let body = question();
    let answers = join_all((0..20).map(|_| ada.keyed("/tickets", "key", &body))).await;
    let bodies: BTreeSet<_> = answers.iter().map(seen).collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert_eq!(answers[0].status, 201);
    let replayed = answers
        .iter()
        .filter(|answer| answer.header("idempotency-replayed") == "true");
    assert_eq!(replayed.count(), 19);
    assert_eq!(ada.ticket_count().await, 1);

    let ticket = answers[0].header("location");
    let messages = format!("{ticket}/messages");
    let body = json!({"content": "Hello?"});
    let answers = join_all((0..20).map(|_| ada.keyed(&messages, "m", &body))).await;
    let bodies: BTreeSet<_> = answers.iter().map(seen).collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert_eq!(ada.messages(ticket).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_leaves_its_key_free() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let grace = app.agent("grace").await;
    let bad = json!({"title": "", "description": "x"});
    ada.keyed("/tickets", "key", &bad)
        .await
        .expect_problem(422, "validation_failed");
    let made = ada.keyed("/tickets", "key", &question()).await;
    let ticket = made.expect_status(201).header("location").to_owned();

    let close = json!({"status": "closed"});
    grace.patch(&ticket, &close).await.expect_status(200);
    let messages = format!("{ticket}/messages");
    let body = json!({"content": "Hello?"});
    ada.keyed(&messages, "m", &body)
        .await
        .expect_problem(409, "ticket_closed");
    let reopen = json!({"status": "open"});
    grace.patch(&ticket, &reopen).await.expect_status(200);
    let taken = ada.keyed(&messages, "m", &body).await.expect_status(201);
    assert_eq!(taken.header("idempotency-replayed"), "");

    // A message that was taken is known as such when the ticket would take none any more.
    grace.patch(&ticket, &close).await.expect_status(200);
    let again = ada.keyed(&messages, "m", &body).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(seen(&again), seen(&taken));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_outlast_a_restart() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let first = ada.keyed("/tickets", "key", &question()).await;
    let first = first.expect_status(201);
    let token = ada.token.clone();
    let app = app
        .restart(Arc::new(ScriptedChatModel::replying(["Hi"])))
        .await;
    let ada = Session::new(&app, token);
    let again = ada.keyed("/tickets", "key", &question()).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(seen(&again), seen(&first));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_key_is_refused() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    for key in ["", " ", "schlüssel", &"k".repeat(256)] {
        ada.keyed("/tickets", key, &question())
            .await
            .expect_problem(422, "validation_failed")
            .naming(&["Idempotency-Key"]);
    }
    let twice = ada
        .request(Method::POST, "/tickets")
        .json(&question())
        .header("Idempotency-Key", "a")
        .header("Idempotency-Key", "b");
    Answer::to(twice)
        .await
        .expect_problem(422, "validation_failed")
        .naming(&["Idempotency-Key"]);
    assert_eq!(ada.ticket_count().await, 0);
    let longest = ada.keyed("/tickets", &"k".repeat(255), &question()).await;
    longest.expect_status(201);
}
