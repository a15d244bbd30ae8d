use domain::reply::{FinishReason, Usage};

use crate::harness::{DONE, ROLE, answer_to, delta};

fn finish_chunk(more: &str) -> String {
    let choice = r#"{"index":0,"delta":{},"logprobs":null,"finish_reason":"length"}"#;
    format!("data: {{\"choices\":[{choice}]{more}}}\n\n")
}

async fn usage_after(events: &[&str]) -> Option<Usage> {
    let events = [&[ROLE, &delta("Hel")], events, &[DONE]].concat().concat();
    let finish = answer_to(events).await.finish();
    assert_eq!(finish.reason, FinishReason::Length);
    finish.usage
}

#[tokio::test]
async fn usage_is_found_at_each_of_its_places_and_counted_once() {
    let usage =
        r#"{"queue_time":0.1,"prompt_tokens":300,"completion_tokens":50,"total_tokens":350}"#;
    let expected = Some(Usage {
        input_tokens: 300,
        output_tokens: 50,
    });
    let in_extension = finish_chunk(&format!(r#","x_groq":{{"id":"r","usage":{usage}}}"#));
    let at_the_top = finish_chunk(&format!(r#","usage":{usage}"#));
    let twice = finish_chunk(&format!(
        r#","x_groq":{{"id":"r","usage":{usage}}},"usage":{usage}"#
    ));
    let alone = format!("data: {{\"choices\":[],\"usage\":{usage},\"service_tier\":\"new\"}}\n\n");
    let bare = finish_chunk("");
    let null = finish_chunk(r#","x_groq":{"usage":null},"usage":null"#);

    assert_eq!(usage_after(&[&in_extension]).await, expected);
    assert_eq!(usage_after(&[&at_the_top]).await, expected);
    assert_eq!(usage_after(&[&twice]).await, expected);
    assert_eq!(usage_after(&[&twice, &alone]).await, expected);
    assert_eq!(usage_after(&[&bare, &alone]).await, expected);
    assert_eq!(usage_after(&[&bare]).await, None);
    assert_eq!(usage_after(&[&null]).await, None);
}
