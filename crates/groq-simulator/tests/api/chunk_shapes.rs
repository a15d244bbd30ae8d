use groq_simulator::{ChunkShape, Config, Reply};
use serde_json::json;

use crate::harness::{Harness, events, plain, streaming, with};

#[tokio::test]
async fn chunks_of_2025_have_no_seed_and_their_usage_in_one_place() {
    let config = Config {
        chunk_shape: ChunkShape::Of2025,
        ..Config::default()
    };
    let harness = Harness::start_with(config).await;

    let received = harness.ask(&with(streaming(), "seed", 7)).await;

    let chunks: Vec<_> = events(&received.text).collect();
    let (first, last) = (&chunks[0], &chunks[chunks.len() - 1]);
    assert_eq!(
        first["x_groq"],
        json!({"id": received.header("x-request-id")})
    );
    assert!(last["x_groq"]["usage"]["total_tokens"].is_u64());
    assert_eq!(last.get("usage"), None);
}

#[tokio::test]
async fn a_script_chooses_the_shape_of_its_chunks() {
    let harness = Harness::scripted(Reply::text("Hi").chunk_shape(ChunkShape::Of2025)).await;

    let old = harness.ask(&streaming()).await;
    let new = harness.ask(&streaming()).await;

    assert!(!old.text.contains("\"seed\""), "{}", old.text);
    assert!(new.text.contains("\"seed\""), "{}", new.text);
    assert_eq!(new.text.matches("\"usage\"").count(), 2);
}

#[tokio::test]
async fn tool_calls_come_whole_in_one_delta() {
    let reply = || {
        Reply::new()
            .with_tool_call("find_order", "{\"id\":7}")
            .with_tool_call("find_user", "{}")
    };
    let harness = Harness::scripted(reply()).await;
    harness.simulator.enqueue(reply());

    let streamed = harness.ask(&streaming()).await;
    let whole = harness.ask(&plain()).await.json();

    let chunks: Vec<_> = events(&streamed.text).collect();
    let calls = &chunks[1]["choices"][0]["delta"]["tool_calls"];
    assert_eq!(chunks.len(), 3, "{}", streamed.text);
    assert_eq!(calls[0]["type"], "function");
    assert_eq!(
        calls[0]["function"],
        json!({"name": "find_order", "arguments": "{\"id\":7}"})
    );
    assert_eq!(
        (&calls[0]["index"], &calls[1]["index"]),
        (&json!(0), &json!(1))
    );
    let ids = [&calls[0]["id"], &calls[1]["id"]].map(|id| id.as_str().expect("an id"));
    assert!(ids.iter().all(|id| id.starts_with("fc_")), "{ids:?}");
    assert_ne!(ids[0], ids[1]);
    assert_eq!(chunks[2]["choices"][0]["finish_reason"], "tool_calls");

    let message = &whole["choices"][0]["message"];
    assert_eq!(message.get("content"), None);
    assert_eq!(message["tool_calls"][1]["function"]["name"], "find_user");
    assert_eq!(message["tool_calls"][1].get("index"), None);
    assert_eq!(whole["choices"][0]["finish_reason"], "tool_calls");
}

#[tokio::test]
async fn cached_tokens_are_reported_as_part_of_the_prompt() {
    let harness = Harness::scripted(Reply::text("Hi").cached_tokens(6)).await;

    let cached = harness.ask(&plain()).await.json();
    let usual = harness.ask(&plain()).await.json();

    assert_eq!(
        cached["usage"]["prompt_tokens_details"],
        json!({"cached_tokens": 6})
    );
    assert_eq!(cached["usage"]["prompt_tokens"], 9);
    assert_eq!(usual["usage"].get("prompt_tokens_details"), None);
}
