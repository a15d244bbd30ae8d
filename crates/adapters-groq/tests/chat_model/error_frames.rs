use domain::ports::{ChatModelError, RetryAdvice};
use domain::reply::FailureCode;

use crate::harness::{DONE, ROLE, STOP, answer_to, delta};

async fn error_in(frame: &str) -> ChatModelError {
    let answer = answer_to([ROLE, &delta("Hel"), frame, STOP, DONE].concat()).await;
    assert_eq!(answer.text, "Hel", "{frame}");
    answer.error()
}

#[tokio::test]
async fn an_error_in_any_form_ends_the_answer() {
    for frame in [
        "event: error\ndata: {\"error\":{\"message\":\"No\",\"status_code\":503}}\n\n",
        "event: error\ndata: {\"message\":\"No\"}\n\n",
        "event: error\ndata: \"No\"\n\n",
        "event: error\ndata: No\n\n",
        "event: error\ndata:\n\n",
        "data: {\"error\":{\"message\":\"No\",\"type\":\"internal_server_error\"}}\n\n",
        "data: {\"error\":\"No\"}\n\n",
        "data: {\"error\":{}}\n\n",
        "data: {\"choices\":[],\"x_groq\":{\"id\":\"req_1\",\"error\":\"No\"}}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"No\"},\"finish_reason\":\"stop\"}],\
         \"x_groq\":{\"error\":\"No\"}}\n\n",
    ] {
        let error = error_in(frame).await;
        assert!(
            matches!(error, ChatModelError::Unavailable { .. }),
            "{frame}: {error:?}"
        );
    }
}

#[tokio::test]
async fn an_error_that_is_null_is_none() {
    let frame = "data: {\"choices\":[],\"error\":null,\"x_groq\":{\"error\":null}}\n\n";
    let answer = answer_to([ROLE, &delta("Hel"), frame, STOP, DONE].concat()).await;
    assert!(answer.end.is_ok(), "{answer:?}");
}

#[tokio::test]
async fn an_error_is_sorted_by_what_it_tells_of_itself() {
    for (error, expected) in [
        (
            r#"{"code":"tool_use_failed","status_code":400}"#,
            FailureCode::UpstreamRejected,
        ),
        (
            r#"{"code":"context_length_exceeded","status_code":400}"#,
            FailureCode::ContextTooLong,
        ),
        (
            r#"{"code":"rate_limit_exceeded"}"#,
            FailureCode::UpstreamRateLimited,
        ),
        (r#"{"status_code":498}"#, FailureCode::UpstreamRateLimited),
        (r#"{"code":502}"#, FailureCode::UpstreamUnavailable),
    ] {
        let named = format!("event: error\ndata: {{\"error\":{error}}}\n\n");
        assert_eq!(error_in(&named).await.failure_code(), expected, "{error}");
        let unnamed = format!("data: {{\"error\":{error}}}\n\n");
        assert_eq!(error_in(&unnamed).await.failure_code(), expected, "{error}");
        let nested = format!("data: {{\"x_groq\":{{\"error\":{error}}}}}\n\n");
        assert_eq!(error_in(&nested).await.failure_code(), expected, "{error}");
    }
}

#[tokio::test]
async fn an_error_that_is_the_last_thing_sent_needs_no_empty_line() {
    let frame = "event: error\ndata: {\"error\":{\"status_code\":429}}";
    let answer = answer_to([ROLE, &delta("Hel"), frame].concat()).await;
    assert!(matches!(
        answer.error(),
        ChatModelError::RateLimited {
            advice: RetryAdvice { after: None, .. }
        }
    ));
}
