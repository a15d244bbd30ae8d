use std::error::Error;

use domain::ports::{ChatModelError, ChatRole};
use testkit::slow_upstream::{Step, response};

use crate::harness::{
    KEY, ROLE, answer_to, delta, model_at, question, refusal_of, refusal_to, settings, upstream,
};

const LEAK: &str = "org_01secret";

/// Everything that a log may hold of an error.
fn shown(error: &ChatModelError) -> String {
    let mut texts = Vec::new();
    let mut next: Option<&dyn Error> = Some(error);
    while let Some(error) = next {
        texts.push(format!("{error} {error:?}"));
        next = error.source();
    }
    texts.join(" ")
}

#[track_caller]
fn assert_tells_nothing(error: &ChatModelError) {
    let shown = shown(error);
    assert!(!shown.contains(LEAK), "{shown}");
    assert!(!shown.contains(KEY), "{shown}");
    for turn in question()
        .turns
        .iter()
        .filter(|turn| turn.role == ChatRole::User)
    {
        assert!(!shown.contains(&turn.content), "{shown}");
    }
}

#[tokio::test]
async fn a_refusal_tells_nothing_of_what_the_host_wrote() {
    let json =
        format!(r#"{{"error":{{"message":"{LEAK} {KEY}","type":"{LEAK}","code":"{LEAK}"}}}}"#);
    for line in [
        "200 OK",
        "308 Permanent Redirect",
        "400 Bad Request",
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "413 Payload Too Large",
        "429 Too Many Requests",
        "498 org_01secret",
        "500 Internal Server Error",
        "503 Service Unavailable",
    ] {
        let headers = [
            ("x-request-id", LEAK),
            ("content-type", LEAK),
            ("retry-after", LEAK),
        ];
        assert_tells_nothing(&refusal_to(response(line, &headers, &json)).await);
    }
}

#[tokio::test]
async fn an_error_in_the_middle_tells_nothing_of_what_the_host_wrote() {
    for frame in [
        format!("event: error\ndata: {{\"error\":{{\"message\":\"{LEAK} {KEY}\"}}}}\n\n"),
        format!("event: error\ndata: {LEAK}\n\n"),
        format!("data: {{\"error\":\"{LEAK}\"}}\n\n"),
        format!("data: {{\"x_groq\":{{\"error\":\"{LEAK}\"}}}}\n\n"),
        format!("data: {{\"choices\":\"{LEAK}\"}}\n\n"),
        format!("data: {LEAK}\n\n"),
        String::new(),
    ] {
        let answer = answer_to([ROLE, &delta("Hel"), &frame].concat()).await;
        assert_tells_nothing(&answer.error());
    }
}

#[tokio::test]
async fn a_broken_connection_tells_nothing() {
    for script in [
        vec![Step::CutFin],
        vec![Step::CutReset],
        vec![Step::Send(format!("{LEAK}\r\n\r\n").into_bytes())],
        vec![Step::Send(
            format!("HTTP/1.1 200 OK\r\n{LEAK}\r\n\r\n").into_bytes(),
        )],
    ] {
        let upstream = upstream(script).await;
        assert_tells_nothing(&refusal_of(&model_at(upstream.base_url())).await);
    }
    // Nothing listens there.
    assert_tells_nothing(&refusal_of(&model_at(String::from("http://127.0.0.1:9"))).await);
}

#[tokio::test]
async fn neither_the_model_nor_its_settings_show_the_key() {
    let settings = settings(format!("http://localhost/{LEAK}"));
    let shown = format!("{settings:?} {:?}", model_at(settings.base_url.clone()));
    assert!(shown.contains("asked-model"), "{shown}");
    assert!(!shown.contains(KEY), "{shown}");
    assert!(!shown.contains(LEAK), "{shown}");
}
