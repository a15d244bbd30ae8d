use std::sync::Arc;

use reqwest::Method;
use reqwest::header::HeaderValue;
use testkit::fakes::ScriptedChatModel;

use crate::harness::{Answer, EventReader, TestApp};

const OFFERED: &str = "gzip, deflate, br, zstd";

#[tokio::test(flavor = "multi_thread")]
async fn json_is_compressed_for_those_who_ask() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let long = "Where is my parcel? ".repeat(100);
    let ticket = ada.open_ticket_about(&long).await;
    let request = ada.request(Method::GET, &ticket);
    let response = request
        .header("accept-encoding", OFFERED)
        .send()
        .await
        .expect("a response");
    let header = |name: &str| response.headers().get(name).cloned();
    assert_eq!(
        header("content-encoding")
            .as_ref()
            .map(HeaderValue::as_bytes),
        Some(&b"gzip"[..])
    );
    let vary = header("vary").expect("caches must know");
    assert!(vary.to_str().expect("text").contains("accept-encoding"));
    let body = response.bytes().await.expect("a body");
    assert!(body.len() < long.len() / 2, "{} bytes", body.len());

    let plain = Answer::to(ada.request(Method::GET, &ticket)).await;
    assert_eq!(plain.header("content-encoding"), "");
    assert_eq!(plain.json()["description"], long.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_never_compressed() {
    let (model, gate) = ScriptedChatModel::gated(["Hello", " there"]);
    let app = TestApp::with_model(Arc::new(model)).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let request = ada.request(Method::GET, &format!("{ticket}/ai-response"));
    let mut stream = EventReader::open(request.header("accept-encoding", OFFERED)).await;
    let encoding = stream.headers.get("content-encoding");
    assert_eq!(encoding.map(HeaderValue::as_bytes), Some(&b"identity"[..]));
    stream.expect("response.created").await;
    for piece in ["Hello", " there"] {
        gate.release(1);
        let delta = stream.expect("response.output_text.delta").await;
        assert_eq!(delta.data["delta"], piece);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn problems_stay_problems() {
    let app = TestApp::start().await;
    let request = app
        .stranger()
        .request(Method::GET, "/tickets")
        .header("accept-encoding", OFFERED);
    Answer::to(request)
        .await
        .expect_problem(401, "unauthenticated");
    let impossible = app
        .stranger()
        .request(Method::GET, "/health/live")
        .header("accept-encoding", "identity;q=0");
    Answer::to(impossible).await.expect_problem(406, "refused");
}
