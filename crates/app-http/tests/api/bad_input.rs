use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Session, TestApp};

async fn post_raw(session: &Session<'_>, path: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = session.request(Method::POST, path);
    Answer::to(
        request
            .header("content-type", "application/json")
            .body(body),
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_json_is_400() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    for path in [
        "/auth/signup",
        "/auth/login",
        "/tickets",
        &format!("{ticket}/messages"),
    ] {
        for body in ["", "{", "{\"title\":", "nonsense", "{} trailing"] {
            post_raw(&ada, path, body)
                .await
                .expect_problem(400, "malformed_json");
        }
        post_raw(&ada, path, vec![b'{', 0xff, b'}'])
            .await
            .expect_status(400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn json_that_nothing_can_be_made_of_is_422_and_names_the_field() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let digits = "9".repeat(400);
    let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    for value in [
        "1e309",
        &digits,
        r#""\ud800""#,
        r#""a\udc00b""#,
        &deep,
        "18446744073709551616",
    ] {
        let body = format!(r#"{{"title": {value}, "description": "D"}}"#);
        post_raw(&ada, "/tickets", body)
            .await
            .expect_problem(422, "validation_failed")
            .naming(&["title"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_is_not_sent_back_at_length() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let long = "é".repeat(50_000);
    for body in [
        json!({"title": "T", "description": "D", &long: 1}),
        json!({"title": "T", "description": "D", "priority": long}),
    ] {
        let answer = ada.post("/tickets", &body).await;
        let answer = answer.expect_problem(422, "validation_failed");
        assert!(answer.body.len() < 4_000, "{}", answer.body.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn compressed_bodies_are_415() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    for (coding, status) in [("gzip", 415), ("identity, br", 415), ("identity", 201)] {
        let request = ada.request(Method::POST, "/tickets");
        let body = json!({"title": "T", "description": "D"});
        Answer::to(request.header("content-encoding", coding).json(&body))
            .await
            .expect_status(status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_are_text() {
    let app = TestApp::start().await;
    let grace = app.agent("grace").await;
    for (path, parameter) in [
        ("/tickets?q=%FF", "q"),
        ("/tickets?limit=5&q=a%ED%A0%80", "q"),
        ("/articles/search?q=%C3", "q"),
        ("/users?email=%80", "email"),
    ] {
        let answer = grace.get(path).await;
        answer
            .expect_problem(422, "validation_failed")
            .naming(&[parameter]);
    }
    grace.get("/tickets?q=%C3%A9").await.expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_one_page_take_no_parameters() {
    let app = TestApp::start().await;
    let root = app.admin("root").await;
    for list in ["/prompt-templates", "/prompt-templates/variables"] {
        root.get(list).await.expect_status(200);
        let answer = root.get(&format!("{list}?limit=1")).await;
        answer
            .expect_problem(422, "validation_failed")
            .naming(&["limit"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_is_of_the_password_grant() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let form = |grant: &str| {
        let account = "username=ada%40example.com&password=correct%20horse%20battery";
        let request = ada.request(Method::POST, "/auth/login");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        Answer::to(request.body(format!("{account}{grant}")))
    };
    form("&grant_type=client_credentials")
        .await
        .expect_problem(422, "validation_failed")
        .naming(&["grant_type"]);
    form("&grant_type=password&scope=&client_id=docs")
        .await
        .expect_status(200);
    form("").await.expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_the_schema_is_422_and_names_the_field() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let messages = format!("{ticket}/messages");
    let good = json!({"title": "T", "description": "D"});
    let with = |member: &str, value: Value| {
        let mut body = good.clone();
        body[member] = value;
        body
    };
    let email = "ada2@example.com";
    let cases = [
        ("/tickets", json!({"description": "D"}), "title"),
        ("/tickets", json!({"title": "T"}), "description"),
        ("/tickets", with("title", json!(1)), "title"),
        ("/tickets", with("title", json!(null)), "title"),
        ("/tickets", with("title", json!("")), "title"),
        ("/tickets", with("title", json!(" \n ")), "title"),
        ("/tickets", with("title", json!("a\0b")), "title"),
        ("/tickets", with("title", json!("x".repeat(201))), "title"),
        (
            "/tickets",
            with("description", json!("x".repeat(10_001))),
            "description",
        ),
        ("/tickets", with("priority", json!("asap")), "priority"),
        (
            "/tickets",
            with("category", json!("Not A Slug")),
            "category",
        ),
        ("/tickets", with("status", json!("closed")), "status"),
        ("/tickets", with("user_id", json!("someone")), "user_id"),
        (&messages, json!({}), "content"),
        (&messages, json!({"content": "\t"}), "content"),
        (&messages, json!({"content": "x".repeat(10_001)}), "content"),
        (&messages, json!({"content": "a\u{0}"}), "content"),
        (
            &messages,
            json!({"content": "hi", "visibility": "secret"}),
            "visibility",
        ),
        (
            &messages,
            json!({"content": "hi", "author": "assistant"}),
            "author",
        ),
        (
            "/auth/signup",
            json!({"email": "no address", "password": "long enough"}),
            "email",
        ),
        (
            "/auth/signup",
            json!({"email": email, "password": "short"}),
            "password",
        ),
        (
            "/auth/signup",
            json!({"email": email, "password": "x".repeat(129)}),
            "password",
        ),
        ("/auth/signup", json!({"email": email}), "password"),
        (
            "/auth/signup",
            json!({"email": email, "password": "long enough", "role": "admin"}),
            "role",
        ),
        (
            "/auth/login",
            json!({"email": email, "password": 5}),
            "password",
        ),
    ];
    for (path, body, field) in cases {
        let answer = ada.post(path, &body).await;
        answer
            .expect_problem(422, "validation_failed")
            .naming(&[field]);
    }
    for body in [
        json!(["T", "D", null, null]),
        json!([]),
        json!("text"),
        json!(7),
        json!(null),
    ] {
        ada.post("/tickets", &body)
            .await
            .expect_problem(422, "validation_failed");
    }
    assert_eq!(ada.messages(&ticket).await, Vec::<Value>::new());
    let tickets = ada.get("/tickets").await.json();
    assert_eq!(
        tickets["items"].as_array().map(Vec::len),
        Some(1),
        "nothing was stored"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_invalid_field_is_reported_at_once() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let body = json!({"title": "", "description": "", "category": "?"});
    let answer = ada
        .post("/tickets", &body)
        .await
        .expect_problem(422, "validation_failed");
    answer.naming(&["title", "description", "category"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_query_values_are_422_and_large_limits_are_clamped() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let messages = format!("{ticket}/messages");
    for (path, field) in [
        ("/tickets?limit=0", "limit"),
        ("/tickets?limit=-1", "limit"),
        ("/tickets?limit=ten", "limit"),
        ("/tickets?limit=", "limit"),
        ("/tickets?cursor=nonsense", "cursor"),
        ("/tickets?status=lost", "status"),
        ("/tickets?user_id=7", "user_id"),
        ("/tickets?colour=red", "colour"),
        ("/tickets?limit=1&limit=2", "limit"),
        (&format!("{messages}?cursor=%00"), "cursor"),
        (&format!("{messages}?limit=1.5"), "limit"),
    ] {
        let answer = ada.get(path).await.expect_problem(422, "validation_failed");
        answer.naming(&[field]);
    }
    for limit in ["1", "100", "101", "99999999999999999999999999"] {
        ada.get(&format!("/tickets?limit={limit}"))
            .await
            .expect_status(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_is_none_names_nothing() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    for id in ["7", "not-a-uuid", "%00", "0192-", "'%20OR%201=1"] {
        let path = format!("/tickets/{id}");
        ada.get(&path).await.expect_problem(404, "not_found");
        ada.get(&format!("{path}/ai-response"))
            .await
            .expect_problem(404, "not_found");
        let message = json!({"content": "hi"});
        let answer = ada.post(&format!("{path}/messages"), &message).await;
        answer.expect_problem(404, "not_found");
    }
}
