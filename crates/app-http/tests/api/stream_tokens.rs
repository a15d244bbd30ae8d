use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::fakes::ScriptedChatModel;

use crate::harness::{EventReader, Session, TestApp, shown_text};

impl Session<'_> {
    /// A token for the ticket's stream, and the address that it opens.
    async fn stream_address(&self, ticket: &str) -> String {
        let path = format!("{ticket}/stream-token");
        let answer = self.post(&path, &Value::Null).await.expect_status(200);
        assert_eq!(answer.json()["expires_in"], 60);
        assert_eq!(answer.header("cache-control"), "no-store");
        let token = answer.text_of("token");
        format!("{ticket}/ai-response?stream_token={token}")
    }

    /// Opens that address, as this person or nobody.
    async fn open(&self, address: &str, last_event_id: Option<&str>) -> EventReader {
        let mut request = self.request(Method::GET, address);
        if let Some(id) = last_event_id {
            request = request.header("Last-Event-ID", id);
        }
        EventReader::open(request).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_the_stream_once_and_then_continues_it() {
    let (model, gate) = ScriptedChatModel::gated(["one ", "two ", "three"]);
    let model = Arc::new(model);
    let app = TestApp::with_model(model.clone()).await;
    let (ada, browser) = (app.customer("ada").await, app.stranger());
    let ticket = ada.open_ticket().await;
    let address = ada.stream_address(&ticket).await;
    let mut stream = browser.open(&address, None).await;
    assert_eq!(stream.status, 200);
    gate.release(1);
    let created = stream.expect("response.created").await;
    let one = stream.expect("response.output_text.delta").await;
    drop(stream);

    // The address alone, from a log or a history, is worth nothing any more.
    for cursor in [None, Some("nonsense")] {
        browser
            .get_with(&address, cursor)
            .await
            .expect_problem(401, "invalid_token");
    }
    gate.open();
    for (seen, text) in [(&created, "one two three"), (&one, "two three")] {
        let rest = browser.open(&address, Some(seen.id())).await.rest().await;
        assert_eq!(shown_text(&rest), text);
        let end = rest.last().expect("an end");
        let after = browser.open(&address, Some(end.id())).await;
        assert_eq!(after.status, 204, "EventSource stops here");
    }
    let by_parameter = format!("{address}&last_event_id={}", one.id());
    let rest = browser.open(&by_parameter, None).await.rest().await;
    assert_eq!(shown_text(&rest), "two three");
    assert_eq!(model.calls(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_token_never_causes_another_answer() {
    let model = Arc::new(ScriptedChatModel::replying(["Hello"]));
    let app = TestApp::with_model(model.clone()).await;
    let (ada, browser) = (app.customer("ada").await, app.stranger());
    let ticket = ada.open_ticket().await;
    let address = ada.stream_address(&ticket).await;
    let events = browser.open(&address, None).await.rest().await;
    ada.send(&ticket, "And by express?").await;

    let first = events.first().expect("events").id();
    let rest = browser.open(&address, Some(first)).await.rest().await;
    assert_eq!(rest.last(), events.last(), "it stays with its own reply");
    assert_eq!(model.calls(), 1);
    let fresh = ada.stream_address(&ticket).await;
    browser.open(&fresh, None).await.rest().await;
    assert_eq!(model.calls(), 2);
    // A cursor of another reply does not widen a token.
    let refused = browser.get_with(&fresh, Some(first)).await;
    refused.expect_problem(401, "invalid_token");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_connections_at_once_one_is_let_in() {
    let (model, gate) = ScriptedChatModel::gated(["Hello"]);
    let app = TestApp::with_model(Arc::new(model)).await;
    let (ada, browser) = (app.customer("ada").await, app.stranger());
    let ticket = ada.open_ticket().await;
    let address = ada.stream_address(&ticket).await;
    let opening = (0..8).map(|_| browser.open(&address, None));
    let streams = futures_util::future::join_all(opening).await;
    let let_in = streams.iter().filter(|stream| stream.status == 200).count();
    assert_eq!(let_in, 1);
    gate.open();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_nothing_but_its_own_tickets_stream() {
    let model = Arc::new(ScriptedChatModel::replying(["Hello"]));
    let app = TestApp::with_model(model.clone()).await;
    let (ada, browser) = (app.customer("ada").await, app.stranger());
    let (mine, other) = (ada.open_ticket().await, ada.open_ticket().await);
    let address = ada.stream_address(&mine).await;
    let (_, query) = address.split_once('?').expect("a query");
    browser
        .get(&format!("{other}/ai-response?{query}"))
        .await
        .expect_problem(401, "invalid_token");
    for path in [mine.clone(), format!("{mine}/messages"), "/auth/me".into()] {
        let refused = browser.get(&format!("{path}?{query}")).await;
        refused.expect_problem(401, "unauthenticated");
    }
    let asked_for_json = browser
        .request(Method::GET, &address)
        .header("accept", "application/json");
    crate::harness::Answer::to(asked_for_json)
        .await
        .expect_problem(401, "unauthenticated");
    browser
        .get(&format!("{mine}/ai-response?stream_token="))
        .await
        .expect_problem(401, "invalid_token");
    assert_eq!(model.calls(), 0);
    let events = browser.open(&address, None).await.rest().await;
    assert_eq!(shown_text(&events), "Hello", "it is still good");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_does_not_use_a_token_up() {
    let app = TestApp::start().await;
    let (ada, browser) = (app.customer("ada").await, app.stranger());
    let ticket = ada.open_ticket().await;
    let address = ada.stream_address(&ticket).await;
    ada.post(&format!("{ticket}/handoff"), &Value::Null)
        .await
        .expect_status(200);
    for _ in 0..2 {
        let refused = browser.get(&address).await;
        refused.expect_problem(409, "assistant_off");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_ends_with_the_session_that_asked_for_it() {
    let model = Arc::new(ScriptedChatModel::replying(["Hello"]));
    let app = TestApp::with_model(model.clone()).await;
    let root = app.admin("root").await;
    let (phone, browser) = (app.customer("ada").await, app.stranger());
    let [tablet, laptop] = [app.log_in("ada").await, app.log_in("ada").await];
    let ticket = phone.open_ticket().await;
    let used = phone.stream_address(&ticket).await;
    let events = browser.open(&used, None).await.rest().await;
    let first = Some(events.first().expect("events").id());
    let of_phone = phone.stream_address(&ticket).await;
    let of_tablet = tablet.stream_address(&ticket).await;
    let of_laptop = laptop.stream_address(&ticket).await;
    let refused = async |address: &str, last_event_id| {
        let answer = browser.get_with(address, last_event_id).await;
        answer.expect_problem(401, "invalid_token");
    };

    let signed_out = phone.post("/auth/logout", &Value::Null).await;
    signed_out.expect_status(204);
    refused(&of_phone, None).await;
    refused(&used, first).await;

    let change = json!({
        "current_password": "correct horse battery",
        "new_password": "another horse battery",
    });
    let changed = laptop.post("/auth/password", &change).await;
    changed.expect_status(204);
    refused(&of_tablet, None).await;
    let events = browser.open(&of_laptop, None).await.rest().await;
    assert_eq!(shown_text(&events), "Hello");

    let account = format!("/users/{}", laptop.id().await);
    for disabled in [true, false] {
        let change = json!({"disabled": disabled});
        root.patch(&account, &change).await.expect_status(200);
        refused(&of_laptop, first).await;
    }
    assert_eq!(model.calls(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_a_token_for_another_customers_ticket() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.customer("ada").await, app.customer("bob").await);
    let path = format!("{}/stream-token", ada.open_ticket().await);
    bob.post(&path, &Value::Null)
        .await
        .expect_problem(404, "not_found");
    app.stranger()
        .post(&path, &Value::Null)
        .await
        .expect_problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_token_reads_a_customers_stream() {
    let app = TestApp::start().await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    let address = agent.stream_address(&ticket).await;
    let events = app.stranger().open(&address, None).await.rest().await;
    assert_eq!(shown_text(&events), "Hello there");
}

impl Session<'_> {
    async fn get_with(&self, address: &str, last_event_id: Option<&str>) -> crate::harness::Answer {
        let mut request = self.request(Method::GET, address);
        if let Some(id) = last_event_id {
            request = request.header("Last-Event-ID", id);
        }
        crate::harness::Answer::to(request).await
    }
}
