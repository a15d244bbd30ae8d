use groq_simulator::{Config, Outcome, Reply};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Harness, MODEL, Received, plain, with};

#[tokio::test]
async fn an_unknown_key_is_refused_in_the_words_of_the_service() {
    let harness = Harness::start().await;

    let near = harness.ask(&with(plain(), "max_token", 5)).await;
    let far = harness.ask(&with(plain(), "zzz", 5)).await;

    assert_eq!(near.status, 400);
    assert_eq!(
        near.text,
        "{\"error\":{\"message\":\"property 'max_token' is unsupported, did you mean \
         'max_tokens'?\",\"type\":\"invalid_request_error\"}}\n"
    );
    assert_eq!(
        far.json()["error"]["message"],
        "property 'zzz' is unsupported"
    );
}

#[tokio::test]
async fn a_body_that_breaks_a_rule_is_a_400() {
    let harness = Harness::start().await;
    let user = |extra: Value| {
        let mut message = json!({"role": "user", "content": "Hi"});
        message
            .as_object_mut()
            .expect("an object")
            .extend(extra.as_object().cloned().expect("one"));
        with(plain(), "messages", json!([message]))
    };
    let in_user = |problem: &str| {
        format!("'messages.0' : for 'role:user' the following must be satisfied[({problem})]")
    };
    let cases = [
        (
            json!([]),
            String::from("request body must be a JSON object"),
        ),
        (
            json!({"model": MODEL}),
            String::from("property 'messages' is missing"),
        ),
        (
            json!({"messages": []}),
            String::from("property 'model' is missing"),
        ),
        (
            with(plain(), "messages", json!([])),
            String::from("'messages' : minimum number of items is 1"),
        ),
        (
            with(plain(), "model", 5),
            String::from("'model' : value must be a string"),
        ),
        (
            with(plain(), "stream", "yes"),
            String::from("'stream' : value must be a boolean"),
        ),
        (
            with(plain(), "temperature", 2.5),
            String::from("'temperature' : number must be at most 2"),
        ),
        (
            with(plain(), "n", 2),
            String::from("'n' : number must be at most 1"),
        ),
        (
            with(plain(), "stream_options", json!({"usage": true})),
            String::from("'stream_options' : property 'usage' is unsupported"),
        ),
        (
            with(plain(), "reasoning_effort", "none"),
            String::from("`reasoning_effort` must be one of `low`, `medium` or `high`"),
        ),
        (
            user(json!({"timestamp": 1})),
            in_user("'messages.0' : property 'timestamp' is unsupported"),
        ),
        (
            user(json!({"content": null})),
            in_user("'messages.0.content' : value must be a string"),
        ),
        (
            user(json!({"role": "robot"})),
            String::from("'messages.0' : discriminator property 'role' has invalid value"),
        ),
    ];

    for (body, message) in cases {
        let received = harness.ask(&body).await;

        assert_eq!(received.status, 400, "{body}");
        assert_eq!(received.json()["error"]["message"], message, "{body}");
        assert_eq!(
            received.json()["error"]["type"],
            "invalid_request_error",
            "{body}"
        );
    }
}

#[tokio::test]
async fn every_documented_key_is_accepted() {
    let harness = Harness::start().await;
    let body = json!({
        "model": MODEL,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
            {"role": "assistant", "content": null, "tool_calls": []},
            {"role": "tool", "content": "4", "tool_call_id": "fc_1"},
        ],
        "stream": false, "stream_options": null, "max_completion_tokens": 100,
        "temperature": 0.5, "top_p": 1, "stop": ["END"], "seed": -1, "n": 1, "user": "u",
        "service_tier": "auto", "reasoning_effort": "low", "reasoning_format": "parsed",
        "response_format": {"type": "text"}, "tools": [], "tool_choice": "auto",
        "parallel_tool_calls": true, "metadata": {},
    });

    let received = harness.ask(&body).await;

    assert_eq!(received.status, 200, "{}", received.text);
    assert_eq!(received.json()["x_groq"]["seed"], -1);
}

#[tokio::test]
async fn a_budget_above_the_maximum_of_the_model_is_refused() {
    let harness = Harness::start().await;
    let body = with(plain(), "model", "qwen/qwen3.8-27b");

    let received = harness
        .ask(&with(body, "max_completion_tokens", 16_385))
        .await;

    assert_eq!(received.status, 400);
    assert_eq!(received.json()["error"]["param"], "max_completion_tokens");
}

#[tokio::test]
async fn messages_beyond_the_context_window_are_refused() {
    let harness = Harness::start().await;
    let message = json!({"role": "user", "content": "word ".repeat(120_000)});

    let received = harness
        .ask(&with(plain(), "messages", json!([message])))
        .await;

    assert_eq!(received.status, 400);
    assert_eq!(received.json()["error"]["code"], "context_length_exceeded");
}

#[tokio::test]
async fn a_missing_or_empty_key_is_a_401() {
    let harness = Harness::start().await;

    for request in [
        harness.chat_without_key(&plain()),
        harness
            .chat_without_key(&plain())
            .header("authorization", "Bearer "),
        harness
            .chat_without_key(&plain())
            .basic_auth("user", Some("password")),
    ] {
        let received = Received::of(request.send().await.expect("an answer")).await;

        assert_eq!(received.status, 401);
        assert_eq!(
            received.text,
            "{\"error\":{\"message\":\"Invalid API Key\",\"type\":\"invalid_request_error\",\
             \"code\":\"invalid_api_key\"}}\n"
        );
        assert!(received.header("x-request-id").starts_with("req_01"));
        assert!(!received.headers.contains_key("x-ratelimit-limit-requests"));
    }
}

#[tokio::test]
async fn a_configured_key_is_the_only_one() {
    let config = Config {
        api_key: Some(String::from("gsk_right")),
        ..Config::default()
    };
    let harness = Harness::start_with(config).await;

    let wrong = harness.ask(&plain()).await;
    let right = harness
        .chat_without_key(&plain())
        .bearer_auth("gsk_right")
        .send()
        .await;
    let models = harness.models().send().await.expect("an answer");

    assert_eq!(wrong.status, 401);
    assert_eq!(right.expect("an answer").status(), StatusCode::OK);
    assert_eq!(models.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_unknown_model_is_a_404() {
    let harness = Harness::start().await;

    let received = harness
        .ask(&with(plain(), "model", "llama-3.3-70b-versatile"))
        .await;

    assert_eq!(received.status, 404);
    assert_eq!(
        received.text,
        "{\"error\":{\"message\":\"The model `llama-3.3-70b-versatile` does not exist or you do \
         not have access to it.\",\"type\":\"invalid_request_error\",\
         \"code\":\"model_not_found\"}}\n"
    );
}

#[tokio::test]
async fn an_unknown_url_is_a_404() {
    let harness = Harness::start().await;

    let url = format!("{}/completions", harness.simulator.base_url());
    let received = Received::of(reqwest::get(url).await.expect("an answer")).await;

    assert_eq!(received.status, 404);
    assert_eq!(received.json()["error"]["code"], "unknown_url");
}

#[tokio::test]
async fn a_refused_request_is_journalled_and_leaves_the_script_alone() {
    let harness = Harness::scripted(Reply::text("scripted")).await;

    harness.ask(&with(plain(), "zzz", 5)).await;
    let second = harness.ask(&plain()).await.json();

    let requests = harness.simulator.requests();
    assert_eq!(requests[0].outcome, Outcome::Refused { status: 400 });
    assert_eq!(requests[0].body["zzz"], 5);
    assert_eq!(second["choices"][0]["message"]["content"], "scripted");
}
