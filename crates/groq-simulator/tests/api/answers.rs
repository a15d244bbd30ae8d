use std::io::Read;

use groq_simulator::{Config, Reply};
use serde_json::json;

use crate::harness::{Harness, MODEL, contents, plain, streaming, with};

#[tokio::test]
async fn an_answer_that_is_not_streamed_is_one_json_object() {
    let reply = Reply::text("Hello there").with_reasoning(["Greet", " back"]);
    let harness = Harness::scripted(reply).await;

    let received = harness.ask(&with(plain(), "seed", 7)).await;

    let body = received.json();
    let expected = format!(
        "{{\"id\":{id},\"object\":\"chat.completion\",\"created\":{created},\
         \"model\":\"{MODEL}\",\"choices\":[{{\"index\":0,\"message\":{{\"role\":\"assistant\",\
         \"content\":\"Hello there\",\"reasoning\":\"Greet back\"}},\"logprobs\":null,\
         \"finish_reason\":\"stop\"}}],\"usage\":{{\"queue_time\":0.0052,\"prompt_tokens\":9,\
         \"prompt_time\":0.00045,\"completion_tokens\":4,\"completion_time\":0.008,\
         \"total_tokens\":13,\"total_time\":0.00845,\
         \"completion_tokens_details\":{{\"reasoning_tokens\":2}}}},\"usage_breakdown\":null,\
         \"system_fingerprint\":\"fp_9ed7e68509\",\"x_groq\":{{\"id\":\"{request_id}\",\
         \"seed\":7}},\"service_tier\":\"on_demand\"}}",
        id = body["id"],
        created = body["created"],
        request_id = received.header("x-request-id"),
    );
    assert_eq!(received.text, expected);
    assert_eq!(received.header("content-type"), "application/json");
}

#[tokio::test]
async fn without_a_script_the_answer_takes_up_the_question() {
    let harness = Harness::start().await;

    let first = harness.ask(&plain()).await.json();
    let second = harness.ask(&plain()).await.json();
    let streamed = harness.ask(&streaming()).await;

    let content = &first["choices"][0]["message"]["content"];
    assert!(
        content
            .as_str()
            .is_some_and(|text| text.contains("\"My router is broken\""))
    );
    assert_eq!(content, &second["choices"][0]["message"]["content"]);
    assert_eq!(*content, contents(&streamed.text).concat());
    assert_ne!(first["id"], second["id"]);
}

#[tokio::test]
async fn the_seed_chooses_the_answer_and_the_ids() {
    let one = Harness::start_with(Config {
        seed: 1,
        ..Config::default()
    })
    .await;
    let same = Harness::start_with(Config {
        seed: 1,
        ..Config::default()
    })
    .await;
    let other = Harness::start_with(Config {
        seed: 2,
        ..Config::default()
    })
    .await;

    let [one, same, other] = [&one, &same, &other].map(|harness| async {
        let body = harness.ask(&plain()).await.json();
        (
            body["id"].clone(),
            body["choices"][0]["message"]["content"].clone(),
        )
    });
    let (one, same, other) = (one.await, same.await, other.await);

    assert_eq!(one, same);
    assert_ne!(one, other);
}

#[tokio::test]
async fn an_answer_keeps_to_the_token_budget_and_the_stop_text() {
    let harness = Harness::start_with(Config {
        reasoning: true,
        ..Config::default()
    })
    .await;
    let hidden = with(plain(), "include_reasoning", false);

    let short = harness
        .ask(&with(plain(), "max_completion_tokens", 3))
        .await
        .json();
    let stopped = harness
        .ask(&with(hidden, "stop", json!(["router"])))
        .await
        .json();

    assert_eq!(short["choices"][0]["finish_reason"], "length");
    assert_eq!(short["usage"]["completion_tokens"], 3);
    assert_eq!(short["choices"][0]["message"]["content"], "");
    let content = stopped["choices"][0]["message"]["content"]
        .as_str()
        .expect("a text");
    assert!(content.ends_with("My "), "{content}");
    assert_eq!(stopped["choices"][0]["finish_reason"], "stop");
}

#[tokio::test]
async fn scripted_replies_are_used_in_order_and_then_the_usual_answer() {
    let harness = Harness::scripted(Reply::text("one")).await;
    harness.simulator.enqueue(Reply::text("two"));

    let mut texts = Vec::new();
    for _ in 0..3 {
        let body = harness.ask(&plain()).await.json();
        texts.push(body["choices"][0]["message"]["content"].clone());
    }

    assert_eq!(texts[..2], ["one", "two"]);
    assert!(
        texts[2]
            .as_str()
            .is_some_and(|text| text.contains("My router is broken"))
    );
}

#[tokio::test]
async fn the_models_are_listed() {
    let harness = Harness::start().await;

    let response = harness.models().send().await.expect("an answer");
    let body: serde_json::Value = response.json().await.expect("a JSON body");

    let ids: Vec<_> = body["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|m| &m["id"])
        .collect();
    assert_eq!(
        ids,
        [
            "openai/gpt-oss-20b",
            "openai/gpt-oss-120b",
            "qwen/qwen3.8-27b"
        ]
    );
    assert_eq!(body["object"], "list");
    assert_eq!(body["data"][2]["max_completion_tokens"], 16_384);
}

#[tokio::test]
async fn json_is_compressed_for_those_who_ask_and_streams_are_not() {
    let harness = Harness::start().await;
    let ask = async |body: &serde_json::Value| {
        let request = harness.chat(body).header("accept-encoding", "gzip, br");
        request.send().await.expect("an answer")
    };

    let json = ask(&plain()).await;
    let stream = ask(&streaming()).await;
    let plain = harness.ask(&plain()).await;

    assert_eq!(json.headers()["content-encoding"], "gzip");
    let bytes = json.bytes().await.expect("a body");
    let mut text = String::new();
    flate2::read::GzDecoder::new(&bytes[..])
        .read_to_string(&mut text)
        .expect("gzip");
    assert!(text.starts_with("{\"id\":\"chatcmpl-"), "{text}");
    assert!(!stream.headers().contains_key("content-encoding"));
    assert!(!plain.headers.contains_key("content-encoding"));
}
