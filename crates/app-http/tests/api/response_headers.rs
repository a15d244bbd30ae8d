use reqwest::Method;
use reqwest::header::HeaderMap;

use crate::harness::{Answer, EventReader, TestApp};

const TOLD: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'",
    ),
];

#[track_caller]
fn assert_careful(headers: &HeaderMap) {
    for (name, value) in TOLD {
        let told: Vec<_> = headers.get_all(name).iter().collect();
        assert_eq!(told, [value], "{name}");
    }
    let caching = headers.get("cache-control").expect("a word about caching");
    assert!(caching.to_str().expect("text").contains("no-store"));
    for name in ["server", "x-powered-by", "via", "x-aspnet-version"] {
        assert!(!headers.contains_key(name), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_are_told_to_be_careful_with_every_response() {
    let app = TestApp::with_settings(&[("CORS_ALLOWED_ORIGINS", "https://a.example")], None).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let preflight = ada
        .request(Method::OPTIONS, "/tickets")
        .header("Origin", "https://a.example")
        .header("Access-Control-Request-Method", "GET");
    for (request, status) in [
        (ada.request(Method::GET, "/tickets"), 200),
        (ada.request(Method::HEAD, &ticket), 200),
        (ada.request(Method::GET, "/health/ready"), 200),
        (ada.request(Method::GET, "/nothing"), 404),
        (
            ada.request(Method::GET, &format!("/{}", "a".repeat(9_000))),
            414,
        ),
        (ada.request(Method::PUT, "/tickets"), 405),
        (ada.request(Method::POST, "/tickets"), 415),
        (app.client.get(app.url("/tickets")), 401),
        (preflight, 200),
    ] {
        let answer = Answer::to(request).await;
        assert_careful(&answer.headers);
        assert!(!answer.headers.contains_key("strict-transport-security"));
        answer.expect_status(status);
    }
    let stream = ada.request(Method::GET, &format!("{ticket}/ai-response"));
    assert_careful(&EventReader::open(stream).await.headers);
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_are_told_to_come_back_encrypted_where_tls_ends_in_front() {
    let app = TestApp::with_settings(&[("HSTS_SECONDS", "31536000")], None).await;
    for path in ["/health/live", "/nothing"] {
        let answer = app.stranger().get(path).await;
        let told = answer.header("strict-transport-security");
        assert_eq!(told, "max-age=31536000");
    }
}
