use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, TestApp};

const GET: &str = "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n";

async fn impatient() -> TestApp {
    let settings = [("REQUEST_HEAD_SECONDS", "1"), ("REQUEST_BODY_SECONDS", "1")];
    TestApp::with_settings(&settings, None).await
}

fn login(headers: &str) -> String {
    format!(
        "POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{headers}\r\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn long_addresses_are_414() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    let path = |length: usize| format!("/{}", "a".repeat(length - 1));
    stranger
        .get(&path(8 * 1024))
        .await
        .expect_problem(404, "unknown_path");
    for length in [8 * 1024 + 1, 60_000] {
        stranger
            .get(&path(length))
            .await
            .expect_problem(414, "uri_too_long");
    }
    let query = format!("/tickets?q={}", "a".repeat(8 * 1024));
    let answer = stranger.get(&query).await;
    answer.expect_problem(414, "uri_too_long");
    let endless = format!("GET {} HTTP/1.1\r\nHost: a\r\n\r\n{GET}", path(70_000));
    let connection = app.send_raw(endless.as_bytes()).await;
    assert_eq!(connection.statuses(), [400]);
}

#[tokio::test(flavor = "multi_thread")]
async fn large_headers_are_431() {
    let app = TestApp::start().await;
    let ask = async |length: usize| {
        let request = app.stranger().request(Method::GET, "/health/live");
        Answer::to(request.header("X-Padding", "a".repeat(length))).await
    };
    ask(30 * 1024).await.expect_status(200);
    for length in [32 * 1024, 100 * 1024] {
        ask(length).await.expect_problem(431, "headers_too_large");
    }
    for headers in [
        format!("X-Padding: {}\r\n", "a".repeat(140_000)),
        "X-Padding: a\r\n".repeat(100),
    ] {
        let request = format!("GET /health/live HTTP/1.1\r\nHost: a\r\n{headers}\r\n{GET}");
        let connection = app.send_raw(request.as_bytes()).await;
        assert_eq!(connection.statuses(), [431]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_drips_is_cut() {
    let app = impatient().await;
    let cases = [
        ("", "\r\n"),
        ("GET / HTTP/1.1\r\n", "X-A: a\r\n"),
        ("GET / HTTP/1.1\r\nX-A: ", "a"),
    ];
    let cases = cases.map(async |(begun, drip)| {
        let mut first = app.connect().await;
        first.send(begun.as_bytes()).await;
        first.drip_until_closed(drip.as_bytes()).await;
        assert_eq!(first.statuses(), [408], "{begun:?}");

        let mut second = app.connect().await;
        second.send(GET.as_bytes()).await;
        second.until("\"ok\"}").await;
        second.send(begun.as_bytes()).await;
        second.drip_until_closed(drip.as_bytes()).await;
        assert_eq!(second.statuses(), [200], "{begun:?}");
    });
    join_all(cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_stops_is_cut() {
    let app = impatient().await;
    let mut connection = app.connect().await;
    connection.send(GET.as_bytes()).await;
    connection.until("\"ok\"}").await;
    connection.send(b"GET / HTTP/1.1\r\n").await;
    connection.until_closed().await;
    assert_eq!(connection.statuses(), [200]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_drips_is_cut_whether_or_not_anybody_reads_it() {
    let app = impatient().await;
    let chunked = "Transfer-Encoding: chunked\r\n";
    let cases = [
        (login("Content-Length: 100000\r\n"), " ", 408),
        (login(chunked), "1\r\n \r\n", 408),
        (login(chunked) + "1;", "a", 408),
        (login(chunked) + "0\r\n", "X-A: a\r\n", 408),
        (
            "POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n".to_owned(),
            " ",
            404,
        ),
        (
            format!("POST /tickets HTTP/1.1\r\nHost: a\r\n{chunked}\r\n"),
            "1\r\n \r\n",
            401,
        ),
    ];
    let cases = cases.map(async |(head, drip, status)| {
        let mut connection = app.connect().await;
        connection.send(head.as_bytes()).await;
        connection.drip_until_closed(drip.as_bytes()).await;
        assert_eq!(connection.statuses(), [status], "{head:?}");
    });
    join_all(cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_pauses_between_requests_is_served_again() {
    let app = TestApp::with_settings(&[("REQUEST_HEAD_SECONDS", "3")], None).await;
    let mut connection = app.connect().await;
    let (begin, end) = GET.split_at(20);
    for _ in 0..4 {
        connection.answered.clear();
        connection.send(begin.as_bytes()).await;
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        connection.send(end.as_bytes()).await;
        connection.until("\"ok\"}").await;
        assert_eq!(connection.statuses(), [200]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_outlasts_what_heads_and_bodies_may_take() {
    let (model, gate) = testkit::fakes::ScriptedChatModel::gated(["Hello", " there"]);
    let settings = [("REQUEST_HEAD_SECONDS", "1"), ("REQUEST_BODY_SECONDS", "1")];
    let app = TestApp::with_settings(&settings, Some(std::sync::Arc::new(model))).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let mut stream = ada.stream(&ticket).await;
    stream.expect("response.created").await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    gate.release(2);
    let events = stream.rest().await;
    let last = events.last().expect("an event");
    assert_eq!(last.name, "response.completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_connections_than_there_may_be_wait_for_one_to_close() {
    // One for each worker, however many there are.
    let app = TestApp::with_settings(&[("MAX_CONNECTIONS", "1")], None).await;
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let mut held = Vec::new();
    for _ in 0..workers {
        let mut connection = app.connect().await;
        connection.send(b"GET / HTTP/1.1\r\n").await;
        held.push(connection);
    }
    let mut waiting = app.connect().await;
    waiting.send(GET.as_bytes()).await;
    assert!(waiting.is_silent().await);
    held.pop();
    waiting.until("\"ok\"}").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_and_parameters_that_come_twice_are_refused() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    for (path, body, field) in [
        (
            "/tickets".to_owned(),
            r#"{"title":"a","title":"b","description":"c"}"#,
            "title",
        ),
        (
            format!("{ticket}/messages"),
            r#"{"content":"a","content":"b"}"#,
            "content",
        ),
        (
            format!("{ticket}/messages"),
            r#"{"content":"a","\u0063ontent":"b"}"#,
            "content",
        ),
        (
            "/auth/login".to_owned(),
            r#"{"email":"ada@example.com","password":"a","password":"b"}"#,
            "password",
        ),
    ] {
        let request = ada.request(Method::POST, &path);
        let request = request
            .header("content-type", "application/json")
            .body(body);
        let answer = Answer::to(request)
            .await
            .expect_problem(422, "validation_failed");
        assert_eq!(answer.json()["errors"][0]["code"], "duplicate_field");
        answer.naming(&[field]);
    }
    let form = "username=a&username=b&password=c";
    let request = app.client.post(app.url("/auth/login"));
    let request = request
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    Answer::to(request)
        .await
        .expect_problem(422, "validation_failed");
    let twice = format!("{ticket}/ai-response?last_event_id=a&last_event_id=b");
    for path in ["/tickets?status=open&status=closed", &twice] {
        ada.get(path).await.expect_problem(422, "validation_failed");
    }
    let title = ada.get(&ticket).await.json()["title"].clone();
    assert_eq!(title, json!("Question"));
}
