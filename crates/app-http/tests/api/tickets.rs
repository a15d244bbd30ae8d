use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_opened_and_shown() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let body = json!({
        "title": "Refund 💸", "description": "Line one\r\nLine two",
        "category": "billing", "priority": "high",
    });
    let created = ada.post("/tickets", &body).await.expect_status(201);
    let ticket = created.json();
    for member in ["title", "description", "category", "priority"] {
        assert_eq!(ticket[member], body[member]);
    }
    assert_eq!(ticket["status"], "open");
    assert_eq!(ticket["assistant_enabled"], true);
    assert_eq!(ticket["assignee_id"], Value::Null);
    assert_eq!(ticket["tags"], json!([]));
    assert_eq!(created.header("etag"), "\"1\"");

    let shown = ada.get(created.header("location")).await.expect_status(200);
    assert_eq!(shown.header("etag"), "\"1\"");
    let mut shown = shown.json();
    let messages = shown
        .as_object_mut()
        .and_then(|members| members.remove("messages"));
    let cursor = shown
        .as_object_mut()
        .and_then(|members| members.remove("messages_next_cursor"));
    assert_eq!((messages, cursor), (Some(json!([])), Some(Value::Null)));
    assert_eq!(shown, ticket);
}

#[tokio::test(flavor = "multi_thread")]
async fn times_are_rfc_3339_with_a_zone() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let path = ada.open_ticket().await;
    let created_at = ada.get(&path).await.text_of("created_at");
    chrono::DateTime::parse_from_rfc3339(&created_at).expect("RFC 3339");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_show_every_ticket_once_newest_first() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let mut opened = Vec::new();
    for _ in 0..7 {
        opened.push(ada.open_ticket().await);
    }
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = ada
            .get(&format!("/tickets?limit=3{cursor}"))
            .await
            .expect_status(200)
            .json();
        let items = page["items"].as_array().expect("items");
        seen.extend(
            items
                .iter()
                .map(|t| format!("/tickets/{}", t["id"].as_str().expect("id"))),
        );
        // A ticket that is opened meanwhile moves nothing.
        ada.open_ticket().await;
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    opened.reverse();
    assert_eq!(seen, opened);
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_list_their_own_tickets_and_staff_all() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.customer("ada").await, app.customer("bob").await);
    let agent = app.agent("grace").await;
    ada.open_ticket().await;
    let bobs = bob.open_ticket().await;

    let count = |answer: Answer| {
        answer.expect_status(200).json()["items"]
            .as_array()
            .map(Vec::len)
    };
    assert_eq!(count(ada.get("/tickets").await), Some(1));
    assert_eq!(count(agent.get("/tickets").await), Some(2));

    let bob_id = bob.get("/auth/me").await.text_of("id");
    assert_eq!(
        count(agent.get(&format!("/tickets?user_id={bob_id}")).await),
        Some(1)
    );
    assert_eq!(
        count(bob.get(&format!("/tickets?user_id={bob_id}")).await),
        Some(1)
    );
    ada.get(&format!("/tickets?user_id={bob_id}"))
        .await
        .expect_problem(403, "forbidden");
    assert_eq!(count(agent.get("/tickets?status=open").await), Some(2));
    assert_eq!(count(agent.get("/tickets?status=closed").await), Some(0));
    agent.get(&bobs).await.expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_customers_ticket_is_as_good_as_missing() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.customer("ada").await, app.customer("eve").await);
    let ticket = ada.open_ticket().await;
    let missing = "/tickets/01920000-0000-7000-8000-000000000000";
    let message = json!({"content": "hello"});

    for (method, suffix, body) in [
        (Method::GET, "", None),
        (Method::GET, "/messages", None),
        (Method::POST, "/messages", Some(&message)),
        (Method::GET, "/ai-response", None),
        (Method::HEAD, "/ai-response", None),
        (Method::POST, "/handoff", None),
        (Method::PATCH, "", Some(&json!({"priority": "low"}))),
        (
            Method::PUT,
            "/messages/01920000-0000-7000-8000-000000000001/feedback",
            Some(&json!({"rating": "up"})),
        ),
        (
            Method::GET,
            "/replies/01920000-0000-7000-8000-000000000001",
            None,
        ),
    ] {
        let ask = async |path: &str| {
            let mut request = eve.request(method.clone(), &format!("{path}{suffix}"));
            request = request.header("X-Request-Id", "same-for-both");
            if let Some(body) = body {
                request = request.json(body);
            }
            Answer::to(request).await
        };
        let (foreign, unknown) = (ask(&ticket).await, ask(missing).await);
        assert_eq!(foreign.status, 404, "{method} {suffix}");
        assert_eq!(
            foreign.body.replace(&ticket, missing),
            unknown.body,
            "{method} {suffix}"
        );
    }
    assert_eq!(ada.messages(&ticket).await, Vec::<Value>::new());
    assert_eq!(ada.reply_state(&ticket).await, json!({"status": "none"}));
}
