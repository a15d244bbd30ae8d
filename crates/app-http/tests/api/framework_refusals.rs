use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn unknown_paths_are_problems() {
    let app = TestApp::start().await;
    for path in ["/", "/nothing", "/tickets/", "/auth"] {
        app.stranger()
            .get(path)
            .await
            .expect_problem(404, "unknown_path");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_methods_are_told_which_there_are() {
    let app = TestApp::start().await;
    let ticket = "/tickets/01920000-0000-7000-8000-000000000000";
    for (method, path, allow) in [
        (Method::GET, "/auth/signup".to_owned(), "POST"),
        (Method::DELETE, "/tickets".to_owned(), "GET, HEAD, POST"),
        (Method::PUT, ticket.to_owned(), "GET, HEAD, PATCH"),
        (Method::POST, format!("{ticket}/messages/x/feedback"), "PUT"),
        (Method::DELETE, format!("{ticket}/replies/x"), "GET, HEAD"),
        (Method::POST, format!("{ticket}/ai-response"), "GET, HEAD"),
        (Method::PATCH, "/health/live".to_owned(), "GET, HEAD"),
    ] {
        let answer = Answer::to(app.stranger().request(method, &path)).await;
        assert_eq!(answer.header("allow"), allow, "{path}");
        answer.expect_problem(405, "method_not_allowed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_media_types_are_415() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    for media_type in [
        "text/plain",
        "application/xml",
        "multipart/form-data",
        "nonsense",
    ] {
        let request = ada.request(Method::POST, "/tickets");
        let request = request.header("content-type", media_type).body("{}");
        Answer::to(request)
            .await
            .expect_problem(415, "unsupported_media_type");
    }
    let request = ada.request(Method::POST, "/tickets").body("{}");
    Answer::to(request)
        .await
        .expect_problem(415, "unsupported_media_type");
}

#[tokio::test(flavor = "multi_thread")]
async fn large_bodies_are_413() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let body = json!({"title": "T", "description": "x".repeat(300 * 1024)});
    ada.post("/tickets", &body)
        .await
        .expect_problem(413, "body_too_large");
    let chunks = futures_util::stream::iter(
        (0..300).map(|_| Ok::<_, std::io::Error>([b' '; 1024].to_vec())),
    );
    let request = ada
        .request(Method::POST, "/tickets")
        .header("content-type", "application/json")
        .body(reqwest::Body::wrap_stream(chunks));
    Answer::to(request)
        .await
        .expect_problem(413, "body_too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printable_request_id_comes_back_and_others_are_replaced() {
    let app = TestApp::start().await;
    let ask = async |id: &str| {
        let request = app
            .stranger()
            .request(Method::GET, "/nothing")
            .header("X-Request-Id", id);
        let answer = Answer::to(request)
            .await
            .expect_problem(404, "unknown_path");
        answer.header("x-request-id").to_owned()
    };
    assert_eq!(ask("abc-123").await, "abc-123");
    assert_eq!(ask(&"x".repeat(129)).await.len(), 36);
    assert_eq!(ask("two words").await.len(), 36);
}

#[tokio::test(flavor = "multi_thread")]
async fn responses_are_neither_cached_nor_guessed_at() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let answer = ada.get("/tickets").await.expect_status(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
}
