use std::time::Duration;

use domain::ports::{ChatModelError, RetryAdvice};
use testkit::slow_upstream::{Step, response};

use crate::harness::{ask, greeting, model_at, refusal_of, refusal_to, upstream};

const JSON: (&str, &str) = ("content-type", "application/json");
const HTML: (&str, &str) = ("content-type", "text/html; charset=UTF-8");
const PAGE: &str = "<!DOCTYPE html><html><body>Sorry, you have been blocked</body></html>";

fn error_json(code: &str) -> String {
    format!(r#"{{"error":{{"message":"No","type":"invalid_request_error","code":"{code}"}}}}"#)
}

#[tokio::test]
async fn a_refusal_of_the_request_the_key_or_the_model_keeps_its_status() {
    for (line, status, headers, body) in [
        ("400 Bad Request", 400, JSON, error_json("unknown")),
        ("400 Bad Request", 400, HTML, PAGE.into()),
        ("401 Unauthorized", 401, JSON, error_json("invalid_api_key")),
        ("403 Forbidden", 403, HTML, PAGE.into()),
        ("404 Not Found", 404, JSON, error_json("model_not_found")),
        ("422 Unprocessable Entity", 422, JSON, error_json("unknown")),
        ("424 Failed Dependency", 424, JSON, error_json("unknown")),
        ("499 Client Closed", 499, JSON, error_json("unknown")),
        (
            "308 Permanent Redirect",
            308,
            ("location", "http://127.0.0.1:1/"),
            String::new(),
        ),
    ] {
        match refusal_to(response(line, &[headers], body)).await {
            ChatModelError::Rejected { status: kept } => assert_eq!(kept, status),
            other => panic!("{line}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_conversation_that_is_too_long_is_told_apart() {
    let code = error_json("context_length_exceeded");
    for response in [
        response("400 Bad Request", &[JSON], code),
        response(
            "413 Payload Too Large",
            &[JSON],
            error_json("rate_limit_exceeded"),
        ),
        response("413 Payload Too Large", &[HTML], PAGE),
    ] {
        let error = refusal_to(response).await;
        assert!(matches!(error, ChatModelError::ContextTooLong), "{error:?}");
    }
}

#[tokio::test]
async fn a_refusal_of_the_content_is_told_apart() {
    let error = refusal_to(response(
        "400 Bad Request",
        &[JSON],
        error_json("content_filter"),
    ));
    assert!(matches!(error.await, ChatModelError::ContentRefused));
}

#[tokio::test]
async fn a_rate_limit_keeps_the_time_to_wait() {
    for (line, headers, expected) in [
        (
            "429 Too Many Requests",
            vec![JSON, ("retry-after", "3")],
            Some(3_000),
        ),
        (
            "429 Too Many Requests",
            vec![JSON, ("Retry-After", "0.5")],
            Some(500),
        ),
        (
            "429 Too Many Requests",
            vec![JSON, ("retry-after", "soon")],
            None,
        ),
        ("429 Too Many Requests", vec![JSON], None),
        ("498 Custom", vec![JSON], None),
        ("498 Custom", vec![JSON, ("retry-after", "1")], Some(1_000)),
    ] {
        match refusal_to(response(line, &headers, error_json("rate_limit_exceeded"))).await {
            ChatModelError::RateLimited {
                advice: RetryAdvice {
                    after: retry_after, ..
                },
            } => {
                assert_eq!(
                    retry_after,
                    expected.map(Duration::from_millis),
                    "{headers:?}"
                );
            }
            other => panic!("{line}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_fault_of_the_host_makes_it_unavailable() {
    for line in [
        "409 Conflict",
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
        "529 Overloaded",
    ] {
        let error = refusal_to(response(line, &[HTML], PAGE)).await;
        assert!(
            matches!(error, ChatModelError::Unavailable { .. }),
            "{line}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_host_in_trouble_may_say_when_and_whether_to_come_back() {
    for (headers, after, wanted) in [
        (vec![("retry-after", "0.2")], Some(200), None),
        (vec![("x-should-retry", "false")], None, Some(false)),
        (
            vec![("retry-after-ms", "150"), ("x-should-retry", "true")],
            Some(150),
            Some(true),
        ),
        (vec![], None, None),
    ] {
        let refusal = response("503 Service Unavailable", &headers, "");
        let ChatModelError::Unavailable { advice, .. } = refusal_to(refusal).await else {
            panic!("{headers:?}")
        };
        let after = after.map(Duration::from_millis);
        assert_eq!(advice, RetryAdvice { after, wanted }, "{headers:?}");
    }
}

#[tokio::test]
async fn a_request_timeout_of_the_host_is_a_timeout() {
    let error = refusal_to(response("408 Request Timeout", &[], "")).await;
    assert!(matches!(error, ChatModelError::TimedOut), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_is_not_an_event_stream_is_malformed() {
    let body = r#"{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}"#;
    for (line, headers) in [
        ("200 OK", vec![JSON]),
        ("200 OK", vec![("content-type", "text/event-streams")]),
        ("200 OK", vec![]),
        ("202 Accepted", vec![("content-type", "text/event-stream")]),
        (
            "206 Partial Content",
            vec![("content-type", "text/event-stream")],
        ),
    ] {
        let error = refusal_to(response(line, &headers, body)).await;
        assert!(
            matches!(error, ChatModelError::Malformed(_)),
            "{line} {headers:?}: {error:?}"
        );
    }
}

#[tokio::test]
async fn the_content_type_may_have_parameters_and_capitals() {
    for content_type in ["text/event-stream; charset=utf-8", "Text/Event-Stream;x"] {
        let body = greeting();
        let answer = response("200 OK", &[("content-type", content_type)], body);
        let upstream = upstream([Step::Send(answer)]).await;
        let answer = ask(&model_at(upstream.base_url())).await;
        assert_eq!(answer.text, "Hé, 😀!");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_does_not_hide_the_status() {
    let head = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 900\r\n\r\n{\"error\":".to_vec();
    for cut in [Step::CutFin, Step::CutReset] {
        let upstream = upstream([Step::Send(head.clone()), cut]).await;
        let error = refusal_of(&model_at(upstream.base_url())).await;
        // A reset can overtake the head.
        let is_known = matches!(
            error,
            ChatModelError::Rejected { status: 400 } | ChatModelError::Unavailable { .. }
        );
        assert!(is_known, "{error:?}");
    }
}
