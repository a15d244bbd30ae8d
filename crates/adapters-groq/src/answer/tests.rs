use domain::ports::{ChatChunk, ChatModelError, Finish};
use domain::reply::{FinishReason, Usage};

use super::Answer;
use crate::sse_decoder::SseDecoder;

const ROLE: &str = r#"{"id":"a","object":"chat.completion.chunk","created":1,"model":"served",
    "choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,
    "finish_reason":null}],"x_groq":{"id":"req_1","seed":1}}"#;
const STOP: &str = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;

type Pieces = Vec<Result<ChatChunk, ChatModelError>>;

/// Reads a stream of server-sent events, each given by its data or, if it has a name, in full.
fn read(events: &[&str]) -> Pieces {
    let mut answer = Answer::default();
    let mut decoder = SseDecoder::new();
    let mut events_read = Vec::new();
    for event in events {
        let one_line = event.replace("\n    ", "");
        let event = if one_line.starts_with("event:") {
            format!("{one_line}\n\n")
        } else {
            format!("data: {one_line}\n\n")
        };
        decoder.push(event.as_bytes(), &mut events_read).unwrap();
    }
    for event in &events_read {
        answer.read(event);
    }
    answer.read_end(None);
    std::iter::from_fn(|| answer.next_piece()).collect()
}

fn delta(delta: &str) -> String {
    format!(r#"{{"choices":[{{"index":0,"delta":{delta},"finish_reason":null}}]}}"#)
}

fn finish_of(events: &[&str]) -> Finish {
    match read(events).pop() {
        Some(Ok(ChatChunk::Finished(finish))) => finish,
        other => panic!("{other:?}"),
    }
}

fn error_of(events: &[&str]) -> ChatModelError {
    match read(events).pop() {
        Some(Err(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn chunks_of(events: &[&str]) -> Vec<ChatChunk> {
    read(events).into_iter().filter_map(Result::ok).collect()
}

fn text(text: &str) -> ChatChunk {
    ChatChunk::Text(String::from(text))
}

#[test]
fn an_answer_is_its_text_and_then_its_end() {
    let usage = r#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#;
    let hello = delta(r#"{"content":"Hel"}"#);
    let chunks = chunks_of(&[
        ROLE,
        &hello,
        &delta(r#"{"content":"lo"}"#),
        STOP,
        usage,
        "[DONE]",
    ]);
    let finish = Finish {
        reason: FinishReason::Stop,
        usage: Some(Usage {
            input_tokens: 3,
            output_tokens: 2,
        }),
        model: Some(String::from("served")),
        hands_off: false,
    };
    assert_eq!(
        chunks,
        [text("Hel"), text("lo"), ChatChunk::Finished(finish)]
    );
}

#[test]
fn reasoning_is_a_sign_of_life_and_no_text() {
    for reasoning in [
        r#"{"reasoning":"so","channel":"analysis"}"#,
        r#"{"content":"","reasoning_content":"so"}"#,
        r#"{"content":"so","channel":"analysis"}"#,
        r#"{"content":"<think>so"}"#,
    ] {
        let chunks = chunks_of(&[&delta(reasoning)]);
        assert_eq!(chunks, [ChatChunk::Thinking], "{reasoning}");
    }
    let chunks = chunks_of(&[&delta(r#"{"reasoning":"so","content":"Hi"}"#)]);
    assert_eq!(chunks, [ChatChunk::Thinking, text("Hi")]);
    assert_eq!(
        chunks_of(&[&delta(r#"{"reasoning":"","content":null}"#)]),
        []
    );
}

#[test]
fn text_that_only_looked_like_a_thought_comes_with_the_end() {
    let chunks = chunks_of(&[&delta(r#"{"content":"<thi"}"#), STOP]);
    assert_eq!(chunks.first(), Some(&text("<thi")));
}

#[test]
fn each_finish_reason_is_known_or_another() {
    for (name, reason) in [
        ("stop", FinishReason::Stop),
        ("length", FinishReason::Length),
        ("content_filter", FinishReason::ContentFilter),
        ("tool_calls", FinishReason::Other),
        ("something_new", FinishReason::Other),
    ] {
        let chunk = STOP.replace("stop", name);
        assert_eq!(finish_of(&[&chunk, "[DONE]"]).reason, reason);
    }
    let empty = STOP.replace("stop", "");
    assert!(matches!(
        error_of(&[&empty, "[DONE]"]),
        ChatModelError::Unavailable { .. }
    ));
}

#[test]
fn the_last_usage_counts_wherever_it_is() {
    let usage = |input: u8| format!(r#"{{"prompt_tokens":{input},"completion_tokens":1}}"#);
    let top = |input| format!(r#"{{"choices":[],"usage":{}}}"#, usage(input));
    let extension = |input| format!(r#"{{"x_groq":{{"usage":{}}}}}"#, usage(input));
    let null = String::from(r#"{"choices":[],"usage":null,"x_groq":{"usage":null}}"#);
    let both = format!(r#"{{"x_groq":{{"usage":{0}}},"usage":{0}}}"#, usage(9));
    for (chunks, expected) in [
        (vec![null.clone()], None),
        (vec![extension(5)], Some(5)),
        (vec![top(6), null], Some(6)),
        (vec![extension(7), top(8)], Some(8)),
        (vec![both], Some(9)),
        (
            vec![String::from(
                r#"{"usage":{"prompt_tokens":null,"completion_tokens":1}}"#,
            )],
            None,
        ),
    ] {
        let mut events = vec![STOP];
        events.extend(chunks.iter().map(String::as_str));
        let input = finish_of(&events).usage.map(|usage| usage.input_tokens);
        assert_eq!(input, expected, "{chunks:?}");
    }
}

#[test]
fn unknown_fields_values_and_events_are_passed_over() {
    let chunk = r#"{"object":"new","service_tier":"new","choices":[{"index":0,"new":[],
    "delta":{"role":"new","content":"Hi","tool_calls":[{}]},"finish_reason":null}]}"#;
    let other = r#"{"choices":[{"index":1,"delta":{"content":"No"},"finish_reason":"length"}]}"#;
    let pings = ["event: ping\ndata: now", "event: ping\ndata: {}", "{}", ""];
    let mut events = vec![
        chunk,
        other,
        r#"{"choices":null,"x_groq":"new","error":null}"#,
    ];
    events.extend(pings);
    events.push(STOP);
    let chunks = chunks_of(&events);
    assert_eq!(chunks.len(), 2);
    assert_eq!(chunks.first(), Some(&text("Hi")));
    assert_eq!(finish_of(&events).reason, FinishReason::Stop);
}

#[test]
fn what_follows_the_end_is_ignored() {
    let late = delta(r#"{"content":"late"}"#);
    assert_eq!(
        read(&[STOP, "[DONE]", &late, "event: error\ndata: {}"]).len(),
        1
    );
    assert_eq!(read(&[r#"{"error":{}}"#, &late, STOP]).len(), 1);
}

#[test]
fn an_answer_without_a_finish_reason_is_an_error() {
    let hello = delta(r#"{"content":"Hel"}"#);
    for events in [
        &[ROLE, &hello][..],
        &[ROLE, &hello, "[DONE]"],
        &["[DONE]"],
        &[],
    ] {
        let ChatModelError::Unavailable { source: cause, .. } = error_of(events) else {
            panic!("{events:?}");
        };
        assert_eq!(cause.to_string(), "ended without a finish reason");
    }
}

#[test]
fn a_chunk_that_is_no_chunk_is_malformed() {
    for data in [
        "{",
        "null",
        "hello",
        "1",
        r#"{"choices":[{"delta":{"content":7}}]}"#,
    ] {
        assert!(
            matches!(error_of(&[data]), ChatModelError::Malformed(_)),
            "{data}"
        );
    }
}
