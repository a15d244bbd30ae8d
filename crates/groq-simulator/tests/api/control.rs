use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Harness, plain, streaming};

async fn post_replies(harness: &Harness, body: &Value) -> Response {
    let url = format!("{}/replies", harness.simulator.control_url());
    Client::new()
        .post(url)
        .json(body)
        .send()
        .await
        .expect("an answer")
}

async fn journal(harness: &Harness) -> Value {
    let url = format!("{}/requests", harness.simulator.control_url());
    reqwest::get(url)
        .await
        .expect("an answer")
        .json()
        .await
        .expect("a JSON body")
}

#[tokio::test]
async fn replies_can_be_scripted_over_http() {
    let harness = Harness::start().await;
    let script = json!([
        {"text": "Hello", "tokens_per_second": 1000, "first_token_after_ms": 1},
        {"pieces": ["Hel", "lo"], "reasoning": ["Hm"], "cut_after": 2},
        {"status": 429, "retry_after": 7, "headers": {"x-extra": "1"}},
        {"error_frame_after": 1, "error_frame_status": 500},
        {"at": 1, "text": "Before all"},
    ]);

    let response = post_replies(&harness, &script).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        response.json::<Value>().await.expect("JSON"),
        json!({"queued": 5})
    );

    let zeroth = harness.ask(&plain()).await.json();
    let first = harness.ask(&plain()).await.json();
    let (second, error) = harness.read_stream().await;
    let third = harness.ask(&streaming()).await;
    let (fourth, _) = harness.read_stream().await;
    assert_eq!(zeroth["choices"][0]["message"]["content"], "Before all");
    assert_eq!(first["choices"][0]["message"]["content"], "Hello");
    assert!(error.is_some());
    assert!(second.contains("\"reasoning\":\"Hm\""), "{second}");
    assert_eq!((third.status, third.header("retry-after")), (429, "7"));
    assert_eq!(third.header("x-extra"), "1");
    assert!(fourth.contains("\"status_code\":500"), "{fourth}");
}

#[tokio::test]
async fn a_script_that_contradicts_itself_is_refused_as_a_whole() {
    let harness = Harness::start().await;

    for wrong in [
        json!({"status": 500, "text": "Hi"}),
        json!({"cut_after": 1, "without_done": true}),
        json!({"retry_after": 1}),
        json!({"error_frame_status": 500}),
        json!({"error_frame_form": "text"}),
        json!({"cut_at_byte": 1, "cut_after": 1}),
        json!({"by_reset": true}),
        json!({"code": "x"}),
        json!({"status": 400, "code": "x", "body": "y"}),
        json!({"writes": "sideways"}),
        json!({"at": 0}),
        json!({"at": "now"}),
        json!({"txet": "Hi"}),
    ] {
        let response = post_replies(&harness, &json!([{"text": "fine"}, wrong])).await;

        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{wrong}");
        let body: Value = response.json().await.expect("JSON");
        assert!(body["error"].is_string(), "{body}");
    }
    let answer = harness.ask(&plain()).await;
    assert!(!answer.text.contains("fine"));
}

#[tokio::test]
async fn every_key_of_a_reply_is_understood() {
    let harness = Harness::start().await;
    let common = json!({
        "reasoning": ["Hm"], "tool_calls": [{"name": "f", "arguments": "{}"}],
        "finish_reason": "length", "cached_tokens": 3, "chunk_shape": "2025",
        "tokens_per_second": 0, "first_token_after_ms": 0, "headers_after_ms": 0,
        "headers": {"x-extra": "1"}, "writes": {"bytes": 9}, "line_ends": "crlf",
        "byte_order_mark": true, "unterminated": true, "insert": {"1": ": hi\r\n\r\n"},
        "comment_every_ms": 1_000,
    });
    let more = [
        json!({"stall_after": 1}),
        json!({"stall_at_byte": 1}),
        json!({"cut_after": 1, "by_reset": true}),
        json!({"cut_at_byte": 1}),
        json!({"cut_before_head": true}),
        json!({"error_frame_after": 1, "error_frame_status": 500, "error_frame_form": "x_groq"}),
        json!({"garbage_after": 1}),
        json!({"endless_after": 1}),
        json!({"endless_line_after": 1}),
        json!({"without_finish": true}),
        json!({"without_done": true}),
        json!({"status": 429, "retry_after": 1, "code": "x"}),
        json!({"status": 429, "without_retry_after": true, "body": "x"}),
    ];
    let mut scripts = vec![common.clone()];
    scripts.extend(more.into_iter().map(|more| {
        let mut script = common.clone();
        let keys = script.as_object_mut().expect("an object");
        keys.extend(more.as_object().expect("an object").clone());
        script
    }));

    let response = post_replies(&harness, &Value::from(scripts)).await;
    assert_eq!(response.status(), StatusCode::OK);
    let text = harness.ask(&streaming()).await.text;

    assert!(text.starts_with("\u{feff}data: {"), "{text}");
    assert!(text.contains("}\r\n\r\n: hi\r\n\r\ndata: {"), "{text}");
    assert!(text.contains("\"finish_reason\":\"length\""), "{text}");
    assert!(text.ends_with("data: [DONE]\r\n"), "{text}");
}

#[tokio::test]
async fn the_journal_can_be_read_over_http() {
    let harness = Harness::start().await;
    post_replies(&harness, &json!([{"status": 503}])).await;
    harness.ask(&plain()).await;
    harness.read_stream().await;

    let journal = journal(&harness).await;

    assert_eq!(
        journal["counts"],
        json!({
            "received": 2, "in_progress": 0, "completed": 1, "refused": 1, "cut": 0,
            "client_left": 0,
        })
    );
    assert_eq!(
        journal["requests"][0]["outcome"],
        json!({"kind": "refused", "status": 503})
    );
    assert_eq!(
        journal["requests"][1]["outcome"],
        json!({"kind": "completed"})
    );
    assert_eq!(journal["requests"][1]["body"], streaming());
    assert_eq!(journal["requests"][1]["headers"]["has_bearer_key"], true);
    assert!(journal["requests"][1]["received_after_ms"].is_u64());
    assert!(!journal.to_string().contains("gsk_test"));
}

#[tokio::test]
async fn a_reset_forgets_the_script_and_the_journal() {
    let harness = Harness::start().await;
    harness.ask(&plain()).await;
    post_replies(&harness, &json!([{"status": 503}])).await;

    let url = harness.simulator.control_url();
    let response = Client::new().delete(url).send().await.expect("an answer");

    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(journal(&harness).await["requests"], json!([]));
    assert_eq!(harness.ask(&plain()).await.status, 200);
}
