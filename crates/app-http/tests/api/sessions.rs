use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Answer, Session, TestApp};

const PASSWORD: &str = "correct horse battery";
const NEW_PASSWORD: &str = "another horse battery";

impl TestApp {
    async fn refresh(&self, token: &str) -> Answer {
        let body = json!({"refresh_token": token});
        self.stranger().post("/auth/refresh", &body).await
    }

    /// Somebody with the access token of that answer.
    fn holder_of(&self, pair: &Answer) -> Session<'_> {
        Session::new(self, Some(pair.text_of("access_token")))
    }

    async fn lets_in(&self, pair: &Answer) -> bool {
        let answer = self.holder_of(pair).get("/auth/me").await;
        if answer.status == 200 {
            return true;
        }
        assert_eq!(
            answer.header("www-authenticate"),
            "Bearer error=\"invalid_token\""
        );
        answer.expect_problem(401, "invalid_token");
        false
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_renewed_with_a_new_pair_each_time() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut pair = app.tokens_of("ada").await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        let next = app.refresh(&pair.text_of("refresh_token")).await;
        let next = next.expect_status(200);
        assert_eq!(next.text_of("token_type"), "bearer");
        assert_eq!(next.json()["expires_in"], 900);
        assert_eq!(next.header("cache-control"), "no-store");
        assert!(app.lets_in(&next).await);
        seen.push(next.text_of("refresh_token"));
        pair = next;
    }
    seen.dedup();
    assert_eq!(seen.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_that_is_used_twice_ends_its_session_and_no_other() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let (stolen, phone) = (app.tokens_of("ada").await, app.tokens_of("ada").await);
    let token = stolen.text_of("refresh_token");
    let next = app.refresh(&token).await.expect_status(200);

    let again = app.refresh(&token).await;
    assert_eq!(again.header("www-authenticate"), "Bearer");
    again.expect_problem(401, "invalid_refresh_token");
    app.refresh(&next.text_of("refresh_token"))
        .await
        .expect_problem(401, "invalid_refresh_token");
    assert!(!app.lets_in(&stolen).await && !app.lets_in(&next).await);
    assert!(app.lets_in(&phone).await);
    app.refresh(&phone.text_of("refresh_token"))
        .await
        .expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_refreshes_leave_no_second_branch() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let pair = app.tokens_of("ada").await;
    let token = pair.text_of("refresh_token");
    let answers = join_all((0..20).map(|_| app.refresh(&token))).await;
    let mut outcomes = BTreeMap::new();
    for answer in &answers {
        *outcomes.entry(answer.status.as_u16()).or_insert(0) += 1;
    }
    assert_eq!(outcomes, BTreeMap::from([(200, 1), (401, 19)]));
    for answer in answers.iter().filter(|answer| answer.status == 200) {
        assert!(!app.lets_in(answer).await);
        app.refresh(&answer.text_of("refresh_token"))
            .await
            .expect_problem(401, "invalid_refresh_token");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_refresh_token_is_refused_and_ends_nothing() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let pair = app.tokens_of("ada").await;
    let access = pair.text_of("access_token");
    for token in [
        "",
        ".",
        "x",
        "x.y",
        "\u{0}",
        "é",
        &access,
        &"a".repeat(10_000),
    ] {
        app.refresh(token)
            .await
            .expect_problem(401, "invalid_refresh_token");
    }
    for (body, field) in [
        (json!({}), "refresh_token"),
        (json!({"refresh_token": 7}), "refresh_token"),
        (json!({"refresh_token": null}), "refresh_token"),
        (json!({"refresh_token": "x", "scope": "all"}), "scope"),
    ] {
        let answer = app.stranger().post("/auth/refresh", &body).await;
        answer
            .expect_problem(422, "validation_failed")
            .naming(&[field]);
    }
    // A refresh token is no access token.
    let refresh = Session::new(&app, Some(pair.text_of("refresh_token")));
    refresh
        .get("/auth/me")
        .await
        .expect_problem(401, "invalid_token");
    assert!(app.lets_in(&pair).await);
    app.refresh(&pair.text_of("refresh_token"))
        .await
        .expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_at_once() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let (here, there) = (app.tokens_of("ada").await, app.tokens_of("ada").await);
    let answer = app
        .holder_of(&here)
        .post("/auth/logout", &Value::Null)
        .await;
    assert_eq!(answer.expect_status(204).body, "");
    assert!(!app.lets_in(&here).await);
    app.refresh(&here.text_of("refresh_token"))
        .await
        .expect_problem(401, "invalid_refresh_token");
    assert!(app.lets_in(&there).await);
    app.stranger()
        .post("/auth/logout", &Value::Null)
        .await
        .expect_problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_the_other_sessions_and_not_this_one() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let bob = app.customer("bob").await;
    let (here, there) = (app.tokens_of("ada").await, app.tokens_of("ada").await);
    let ada = app.holder_of(&here);
    let body = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
    let answer = ada.post("/auth/password", &body).await;
    assert_eq!(answer.expect_status(204).body, "");

    assert!(app.lets_in(&here).await && !app.lets_in(&there).await);
    app.refresh(&there.text_of("refresh_token"))
        .await
        .expect_problem(401, "invalid_refresh_token");
    app.refresh(&here.text_of("refresh_token"))
        .await
        .expect_status(200);
    bob.get("/auth/me").await.expect_status(200);
    for (password, status) in [(PASSWORD, 401), (NEW_PASSWORD, 200)] {
        let body = json!({"email": "ada@example.com", "password": password});
        let answer = app.stranger().post("/auth/login", &body).await;
        assert_eq!(answer.status, status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_not_changed_without_the_present_one_or_to_a_bad_one() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let there = app.tokens_of("ada").await;
    let wrong = json!({"current_password": "guess", "new_password": NEW_PASSWORD});
    ada.post("/auth/password", &wrong)
        .await
        .expect_problem(403, "wrong_password");
    let short = json!({"current_password": PASSWORD, "new_password": "short"});
    ada.post("/auth/password", &short)
        .await
        .expect_problem(422, "validation_failed")
        .naming(&["new_password"]);
    let unsaid = json!({"new_password": NEW_PASSWORD});
    ada.post("/auth/password", &unsaid)
        .await
        .expect_problem(422, "validation_failed")
        .naming(&["current_password"]);
    app.stranger()
        .post("/auth/password", &wrong)
        .await
        .expect_problem(401, "unauthenticated");
    assert!(app.lets_in(&there).await);
    app.tokens_of("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_outlast_a_restart() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let (kept, ended) = (app.tokens_of("ada").await, app.tokens_of("ada").await);
    let answer = app
        .holder_of(&ended)
        .post("/auth/logout", &Value::Null)
        .await;
    answer.expect_status(204);
    let model = std::sync::Arc::new(testkit::fakes::ScriptedChatModel::replying(["Hi"]));
    let app = app.restart(model).await;
    assert!(app.lets_in(&kept).await && !app.lets_in(&ended).await);
    app.refresh(&kept.text_of("refresh_token"))
        .await
        .expect_status(200);
}
