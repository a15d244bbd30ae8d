//! Streams that are open while their readers lose the right to read them.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::fakes::{Gate, Script, ScriptedChatModel};

use crate::harness::{Answer, EventReader, Session, TestApp, shown_text};

/// A server whose model says `Hello` and ` there` by a gate.
async fn gated() -> (TestApp, Arc<ScriptedChatModel>, Gate) {
    let (model, gate) = ScriptedChatModel::gated(["Hello", " there"]);
    let model = Arc::new(model);
    (TestApp::with_model(model.clone()).await, model, gate)
}

/// A reader in the middle of an answer, and how to come back to it.
struct Reading<'a> {
    stream: EventReader,
    session: Session<'a>,
    address: String,
    seen: String,
}

impl<'a> Reading<'a> {
    async fn begin(session: Session<'a>, address: String) -> Self {
        let mut stream = EventReader::open(session.request(Method::GET, &address)).await;
        stream.expect("response.created").await;
        let delta = stream.expect("response.output_text.delta").await;
        Self {
            stream,
            session,
            address,
            seen: delta.id().to_owned(),
        }
    }

    /// Reads to the end, which must be the word that access was lost, and comes back in vain.
    async fn expect_shut(mut self, status: u16, code: &str) {
        let closing = self.stream.expect("stream.closing").await;
        assert_eq!(closing.data["reason"], "access_lost");
        assert_eq!(closing.data["reconnect_ms"], 5_000);
        assert_eq!(closing.id, None);
        assert_eq!(self.stream.next().await, None);
        let again = self.session.request(Method::GET, &self.address);
        Answer::to(again.header("Last-Event-ID", self.seen))
            .await
            .expect_problem(status, code);
    }

    /// Reads to the end of the answer.
    async fn expect_whole(self) {
        let rest = self.stream.rest().await;
        assert_eq!(shown_text(&rest), " there");
        let end = rest.last().map(|event| event.name.as_str());
        assert_eq!(end, Some("response.completed"));
    }
}

async fn reading<'a>(session: &Session<'a>, ticket: &str) -> Reading<'a> {
    Reading::begin(session.same(), format!("{ticket}/ai-response")).await
}

/// A reader by a stream token of that session.
async fn reading_by_token<'a>(session: &Session<'a>, ticket: &str) -> Reading<'a> {
    let issued = session
        .post(&format!("{ticket}/stream-token"), &Value::Null)
        .await;
    let token = issued.expect_status(200).text_of("token");
    let address = format!("{ticket}/ai-response?stream_token={token}");
    let mut browser = session.same();
    browser.token = None;
    Reading::begin(browser, address).await
}

impl Session<'_> {
    async fn log_out(&self) {
        let answer = self.post("/auth/logout", &Value::Null).await;
        answer.expect_status(204);
    }

    /// Changes somebody's account, as an admin.
    async fn change_account(&self, of: &Session<'_>, change: Value) {
        let path = format!("/users/{}", of.id().await);
        self.patch(&path, &change).await.expect_status(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_and_a_former_agent_read_no_further() {
    let (app, model, gate) = gated().await;
    let root = app.admin("root").await;
    let (ada, grace) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    gate.release(1);
    let by_ada = reading(&ada, &ticket).await;
    let by_adas_token = reading_by_token(&ada, &ticket).await;
    let by_grace = reading(&grace, &ticket).await;
    let by_graces_token = reading_by_token(&grace, &ticket).await;
    let by_root = reading(&root, &ticket).await;

    root.change_account(&grace, json!({"role": "user"})).await;
    by_grace.expect_shut(404, "not_found").await;
    by_graces_token.expect_shut(404, "not_found").await;
    root.change_account(&ada, json!({"disabled": true})).await;
    by_ada.expect_shut(401, "invalid_token").await;
    by_adas_token.expect_shut(401, "invalid_token").await;

    // Nobody's leaving stops the answer.
    gate.open();
    by_root.expect_whole().await;
    assert_eq!(model.calls(), 1);
    assert_eq!(root.messages(&ticket).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_streams_of_that_session_alone() {
    let (app, model, gate) = gated().await;
    let (phone, grace) = (app.customer("ada").await, app.agent("grace").await);
    let laptop = app.log_in("ada").await;
    let ticket = phone.open_ticket().await;
    gate.release(1);
    let ending = [
        reading(&phone, &ticket).await,
        reading(&phone, &ticket).await,
        reading_by_token(&phone, &ticket).await,
    ];
    let going_on = [
        reading(&laptop, &ticket).await,
        reading_by_token(&laptop, &ticket).await,
        reading(&grace, &ticket).await,
    ];

    phone.log_out().await;
    for reading in ending {
        reading.expect_shut(401, "invalid_token").await;
    }
    gate.open();
    for reading in going_on {
        reading.expect_whole().await;
    }
    assert_eq!(model.calls(), 1);
    assert_eq!(laptop.messages(&ticket).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_the_streams_of_the_other_sessions() {
    let (app, model, gate) = gated().await;
    let stolen = app.customer("ada").await;
    let own = app.log_in("ada").await;
    let ticket = own.open_ticket().await;
    gate.release(1);
    let by_thief = reading(&stolen, &ticket).await;
    let by_thiefs_token = reading_by_token(&stolen, &ticket).await;
    let by_own = reading(&own, &ticket).await;
    let by_own_token = reading_by_token(&own, &ticket).await;

    let change = json!({
        "current_password": "correct horse battery",
        "new_password": "another horse battery",
    });
    let changed = own.post("/auth/password", &change).await;
    changed.expect_status(204);
    by_thief.expect_shut(401, "invalid_token").await;
    by_thiefs_token.expect_shut(401, "invalid_token").await;

    gate.open();
    by_own.expect_whole().await;
    by_own_token.expect_whole().await;
    assert_eq!(model.calls(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_whose_last_reader_was_sent_away_is_continued_by_the_next() {
    let (app, model, gate) = gated().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    gate.release(1);
    let left = reading(&ada, &ticket).await;
    let seen = left.seen.clone();
    ada.log_out().await;
    left.expect_shut(401, "invalid_token").await;

    let again = app.log_in("ada").await;
    let resumed = again.resume(&ticket, &seen).await;
    gate.open();
    assert_eq!(shown_text(&resumed.rest().await), " there");
    assert_eq!(model.calls(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_keeps_the_right_reads_on_to_the_end() {
    let [(first, gate), (second, other_gate)] =
        [(); 2].map(|()| Script::gated(["Hello", " there"]));
    let app = TestApp::with_model(Arc::new(ScriptedChatModel::playing([first, second]))).await;
    let root = app.admin("root").await;
    let (ada, grace) = (app.customer("ada").await, app.agent("grace").await);
    let (of_ada, of_grace) = (ada.open_ticket().await, grace.open_ticket().await);
    gate.release(1);
    let by_ada = reading(&ada, &of_ada).await;
    let by_grace = reading(&grace, &of_ada).await;
    other_gate.release(1);
    let of_her_own = reading(&grace, &of_grace).await;
    root.change_account(&ada, json!({"role": "agent"})).await;
    root.change_account(&grace, json!({"role": "user"})).await;

    // One look at everybody's rights ends this stream and no other.
    by_grace.expect_shut(404, "not_found").await;
    gate.open();
    other_gate.open();
    by_ada.expect_whole().await;
    of_her_own.expect_whole().await;
}
