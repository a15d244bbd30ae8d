use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::json;

use crate::harness::{Answer, EventReader, TestApp};

const ORIGIN: &str = "https://app.example.com";
const OTHERS: [&str; 5] = [
    "https://evil.example",
    "https://app.example.com.evil.example",
    "http://app.example.com",
    "https://app.example.com:8443",
    "null",
];
const EXPOSED: [&str; 8] = [
    "etag",
    "location",
    "link",
    "retry-after",
    "ratelimit",
    "ratelimit-policy",
    "x-request-id",
    "idempotency-replayed",
];

async fn open_to_scripts() -> TestApp {
    let settings = [
        (
            "CORS_ALLOWED_ORIGINS",
            "https://app.example.com, http://localhost:5173",
        ),
        ("LOGIN_FAILURES_PER_ACCOUNT", "1"),
    ];
    TestApp::with_settings(&settings, None).await
}

fn listed(headers: &HeaderMap, name: &str) -> Vec<String> {
    let lines = headers.get_all(name).iter();
    let lines: Vec<_> = lines.map(|line| line.to_str().expect("text")).collect();
    let mut items: Vec<_> = lines
        .join(",")
        .split(',')
        .map(|item| item.trim().to_ascii_lowercase())
        .collect();
    items.sort_unstable();
    items
}

#[track_caller]
fn assert_readable(headers: &HeaderMap) {
    assert_eq!(listed(headers, "access-control-allow-origin"), [ORIGIN]);
    let mut exposed = EXPOSED;
    exposed.sort_unstable();
    assert_eq!(listed(headers, "access-control-expose-headers"), exposed);
    let varies = listed(headers, "vary").contains(&"origin".to_owned());
    assert!(varies, "{headers:?}");
    assert!(!headers.contains_key("access-control-allow-credentials"));
}

#[track_caller]
fn assert_unreadable(headers: &HeaderMap) {
    let names = headers.keys().map(reqwest::header::HeaderName::as_str);
    let cors: Vec<_> = names
        .filter(|name| name.starts_with("access-control-"))
        .collect();
    assert_eq!(cors, Vec::<&str>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_of_other_websites_are_told_nothing_unless_they_are_allowed() {
    let app = TestApp::start().await;
    let preflight = app
        .stranger()
        .request(Method::OPTIONS, "/tickets")
        .header("Origin", ORIGIN)
        .header("Access-Control-Request-Method", "GET");
    let answer = Answer::to(preflight).await;
    assert_unreadable(&answer.headers);
    answer.expect_problem(405, "method_not_allowed");
    let request = app.stranger().request(Method::GET, "/health/live");
    let answer = Answer::to(request.header("Origin", ORIGIN)).await;
    assert_unreadable(&answer.headers);
}

#[tokio::test(flavor = "multi_thread")]
async fn preflights_are_answered_before_anybody_signs_in() {
    let app = open_to_scripts().await;
    let ticket = "/tickets/01920000-0000-7000-8000-000000000000";
    for (path, method, headers) in [
        ("/auth/login", "POST", "content-type"),
        (
            "/tickets",
            "POST",
            "Authorization, Content-Type, Idempotency-Key",
        ),
        (ticket, "PATCH", "authorization,content-type,if-match"),
        (
            &format!("{ticket}/ai-response"),
            "GET",
            "authorization,last-event-id",
        ),
        ("/nothing", "DELETE", "x-request-id"),
    ] {
        let preflight = app
            .stranger()
            .request(Method::OPTIONS, path)
            .header("Origin", ORIGIN)
            .header("Access-Control-Request-Method", method)
            .header("Access-Control-Request-Headers", headers);
        let answer = Answer::to(preflight).await.expect_status(200);
        let origin = listed(&answer.headers, "access-control-allow-origin");
        assert_eq!(origin, [ORIGIN], "{path}");
        let methods = listed(&answer.headers, "access-control-allow-methods");
        assert!(methods.contains(&method.to_ascii_lowercase()), "{path}");
        let allowed = listed(&answer.headers, "access-control-allow-headers");
        for header in headers.split(',') {
            let header = header.trim().to_ascii_lowercase();
            assert!(allowed.contains(&header), "{path}: {header}");
        }
        assert_eq!(answer.header("access-control-max-age"), "600");
        assert!(
            !answer
                .headers
                .contains_key("access-control-allow-credentials")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn preflights_for_what_is_not_allowed_are_refused() {
    let app = open_to_scripts().await;
    let preflight = async |origin: &str, method: &str, header: &str| {
        let request = app
            .stranger()
            .request(Method::OPTIONS, "/tickets")
            .header("Origin", origin)
            .header("Access-Control-Request-Method", method)
            .header("Access-Control-Request-Headers", header);
        let answer = Answer::to(request).await;
        assert_unreadable(&answer.headers);
        answer.expect_problem(400, "refused");
    };
    for origin in OTHERS {
        preflight(origin, "GET", "authorization").await;
    }
    preflight(ORIGIN, "TRACE", "authorization").await;
    preflight(ORIGIN, "GET", "cookie").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_and_refusals_can_be_read_by_scripts_that_are_allowed() {
    let app = open_to_scripts().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let get = |path: &str| ada.request(Method::GET, path);
    let wrong = json!({"email": "ada@example.com", "password": "wrong"});
    let login = || app.client.post(app.url("/auth/login")).json(&wrong);
    let missing = "/tickets/01920000-0000-7000-8000-000000000000";
    for (request, status) in [
        (get("/tickets"), 200),
        (get(&ticket), 200),
        (get(missing), 404),
        (get("/nothing"), 404),
        (get("/tickets?limit=x"), 422),
        (get(&format!("/{}", "a".repeat(9_000))), 414),
        (ada.request(Method::DELETE, "/tickets"), 405),
        (app.client.get(app.url("/tickets")), 401),
        (login(), 401),
        (login(), 429),
    ] {
        let answer = Answer::to(request.header("Origin", ORIGIN)).await;
        assert_readable(&answer.headers);
        answer.expect_status(status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_can_be_read_by_scripts_that_are_allowed() {
    let app = TestApp::with_settings(&[("CORS_ALLOWED_ORIGINS", ORIGIN)], None).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let request = ada.request(Method::GET, &format!("{ticket}/ai-response"));
    let stream = EventReader::open(request.header("Origin", ORIGIN)).await;
    assert_readable(&stream.headers);
    let varies = listed(&stream.headers, "vary");
    for name in ["accept", "authorization", "origin"] {
        assert!(varies.contains(&name.to_owned()), "{varies:?}");
    }
    let events = stream.rest().await;
    assert_eq!(events.last().expect("an end").name, "response.completed");

    let token = ada
        .post(&format!("{ticket}/stream-token"), &json!({}))
        .await
        .text_of("token");
    let path = format!("{ticket}/ai-response?stream_token={token}");
    let request = app.client.get(app.url(&path)).header("Origin", ORIGIN);
    let stream = EventReader::open(request).await;
    assert_eq!(stream.status, 200);
    assert_readable(&stream.headers);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_websites_cannot_read_anything() {
    let app = open_to_scripts().await;
    let ada = app.customer("ada").await;
    for origin in OTHERS {
        for path in ["/tickets", "/nothing", "/health/live"] {
            let request = ada.request(Method::GET, path).header("Origin", origin);
            let answer = Answer::to(request).await;
            assert_unreadable(&answer.headers);
            assert!(listed(&answer.headers, "vary").contains(&"origin".to_owned()));
        }
    }
    let answer = ada.get("/tickets").await.expect_status(200);
    assert_unreadable(&answer.headers);
}
