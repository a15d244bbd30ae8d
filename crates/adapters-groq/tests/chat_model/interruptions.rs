use std::time::Duration;

use domain::ports::{ChatChunk, ChatModel as _, ChatModelError};
use testkit::slow_upstream::{STREAM_HEAD, SlowUpstream, Step, chunk};
use tokio::net::TcpListener;

use crate::harness::{
    DEADLINE, ROLE, STOP, ask, delta, error_of, greeting, model_at, next, question, refusal_of,
    upstream,
};

const HALF_AN_EVENT: &str = r#"data: {"choices":[{"index":0,"delta":{"cont"#;

fn begun() -> Step {
    let events = [ROLE, &delta("Hel"), HALF_AN_EVENT].concat();
    Step::Send([STREAM_HEAD.as_bytes(), &chunk(events)].concat())
}

#[tokio::test]
async fn a_connection_that_ends_in_the_middle_of_an_event_is_an_error() {
    let upstream = upstream([begun(), Step::CutFin]).await;
    let answer = ask(&model_at(upstream.base_url())).await;
    assert_eq!(answer.text, "Hel");
    assert!(matches!(answer.error(), ChatModelError::Unavailable { .. }));
}

#[tokio::test]
async fn a_connection_that_is_reset_in_the_middle_of_an_event_is_an_error() {
    // The reset can overtake what was sent before it.
    let upstream = upstream([begun(), Step::CutReset]).await;
    let error = error_of(&model_at(upstream.base_url())).await;
    assert!(
        matches!(error, ChatModelError::Unavailable { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_connection_that_is_cut_after_the_finish_reason_is_an_error() {
    let events = [ROLE, &delta("Hello"), STOP].concat();
    let start = [STREAM_HEAD.as_bytes(), &chunk(events)].concat();
    let upstream = upstream([Step::Send(start), Step::CutFin]).await;
    let answer = ask(&model_at(upstream.base_url())).await;
    assert_eq!(answer.text, "Hello");
    assert!(matches!(answer.error(), ChatModelError::Unavailable { .. }));
}

#[tokio::test]
async fn a_connection_that_ends_before_the_response_is_an_error() {
    for cut in [Step::CutFin, Step::CutReset] {
        let upstream = upstream([cut]).await;
        let error = refusal_of(&model_at(upstream.base_url())).await;
        assert!(
            matches!(error, ChatModelError::Unavailable { .. }),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn an_upstream_that_does_not_speak_http_is_unavailable() {
    let upstream = upstream([Step::Send(b"SSH-2.0-OpenSSH_9.7\r\n".to_vec())]).await;
    let error = refusal_of(&model_at(upstream.base_url())).await;
    assert!(
        matches!(error, ChatModelError::Unavailable { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_upstream_that_does_not_listen_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let error = refusal_of(&model_at(format!("http://{address}"))).await;
    assert!(
        matches!(error, ChatModelError::Unavailable { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn dropping_the_answer_closes_the_connection() {
    let upstream = upstream([begun(), Step::Stall]).await;
    let model = model_at(upstream.base_url());
    let mut stream = model.stream_reply(question()).await.expect("an answer");
    let first = next(&mut stream).await;
    assert!(matches!(first, Some(Ok(ChatChunk::Text(text))) if text == "Hel"));
    drop(stream);
    upstream
        .client_left(DEADLINE)
        .await
        .expect("the connection is closed");
}

#[tokio::test]
async fn giving_up_before_the_answer_begins_closes_the_connection() {
    let upstream = upstream([Step::Stall]).await;
    let model = model_at(upstream.base_url());
    let asking = model.stream_reply(question());
    tokio::select! {
        _ = asking => panic!("there is no answer"),
        () = received(&upstream) => {}
    }
    upstream
        .client_left(DEADLINE)
        .await
        .expect("the connection is closed");
}

#[tokio::test]
async fn an_error_closes_the_connection_though_the_answer_is_kept() {
    let events = chunk([ROLE, "data: {\n\n"].concat());
    let start = [STREAM_HEAD.as_bytes(), &events].concat();
    let upstream = upstream([Step::Send(start), Step::Stall]).await;
    let model = model_at(upstream.base_url());
    let mut stream = model.stream_reply(question()).await.expect("an answer");
    assert!(matches!(
        next(&mut stream).await,
        Some(Err(ChatModelError::Malformed(_)))
    ));
    upstream
        .client_left(DEADLINE)
        .await
        .expect("the connection is closed");
    assert!(next(&mut stream).await.is_none());
}

#[tokio::test]
async fn a_body_that_has_no_end_does_not_keep_the_answer_from_ending() {
    let start = [STREAM_HEAD.as_bytes(), &chunk(greeting())].concat();
    for more in [
        Step::Stall,
        Step::Repeat {
            bytes: chunk(": more\n\n"),
            every: Duration::from_millis(1),
        },
    ] {
        let upstream = upstream([Step::Send(start.clone()), more]).await;
        let answer = ask(&model_at(upstream.base_url())).await;
        assert_eq!(answer.text, "Hé, 😀!");
        answer.finish();
        upstream
            .client_left(DEADLINE)
            .await
            .expect("the connection is closed");
    }
}

async fn received(upstream: &SlowUpstream) {
    while upstream.requests().is_empty() {
        tokio::task::yield_now().await;
    }
}
