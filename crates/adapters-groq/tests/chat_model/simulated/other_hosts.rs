//! Streams of other servers of this protocol, which `GROQ_BASE_URL` may name.

use domain::ports::{ChatModelError, Finish};
use domain::reply::{FailureCode, FinishReason, Usage};
use groq_simulator::Reply;

use super::{answer_to, refusal_to};

const OLLAMA: &str = r#"data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":1,"model":"qwen3:4b","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":"Hm"},"finish_reason":null}]}

data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":1,"model":"qwen3:4b","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"role":"assistant","content":"Turn it"},"finish_reason":null}]}

data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":1,"model":"qwen3:4b","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"role":"assistant","content":" off."},"finish_reason":null}]}

data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":1,"model":"qwen3:4b","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"stop"}]}

data: [DONE]

"#;

const VLLM: &str = r#"data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":1,"model":"qwen3:4b","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"prompt_token_ids":null}

data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":1,"model":"qwen3:4b","choices":[{"index":0,"delta":{"reasoning_content":"Hm"},"logprobs":null,"finish_reason":null,"token_ids":null}]}

data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":1,"model":"qwen3:4b","choices":[{"index":0,"delta":{"content":"Turn it off."},"logprobs":null,"finish_reason":null,"token_ids":null}],"usage":null}

data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":1,"model":"qwen3:4b","choices":[{"index":0,"delta":{"content":""},"logprobs":null,"finish_reason":"stop","stop_reason":null,"token_ids":null}]}

data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":1,"model":"qwen3:4b","choices":[],"usage":{"prompt_tokens":30,"total_tokens":35,"completion_tokens":5}}

data: [DONE]

"#;

const LLAMA_CPP: &str = r#": ping

data: {"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],"created":1,"id":"chatcmpl-7","model":"qwen3:4b","system_fingerprint":"b6000-0","object":"chat.completion.chunk"}

data: {"choices":[{"finish_reason":null,"index":0,"delta":{"reasoning_content":"Hm"}}],"created":1,"id":"chatcmpl-7","model":"qwen3:4b","system_fingerprint":"b6000-0","object":"chat.completion.chunk"}

data: {"choices":[{"finish_reason":null,"index":0,"delta":{"content":"Turn it off."}}],"created":1,"id":"chatcmpl-7","model":"qwen3:4b","system_fingerprint":"b6000-0","object":"chat.completion.chunk"}

data: {"choices":[{"finish_reason":"stop","index":0,"delta":{}}],"created":1,"id":"chatcmpl-7","model":"qwen3:4b","system_fingerprint":"b6000-0","object":"chat.completion.chunk"}

data: {"choices":[],"created":1,"id":"chatcmpl-7","model":"qwen3:4b","system_fingerprint":"b6000-0","object":"chat.completion.chunk","usage":{"completion_tokens":5,"prompt_tokens":30,"total_tokens":35},"timings":{"prompt_n":30,"predicted_n":5}}

data: [DONE]

"#;

/// A stream as it stands.
fn stream(body: impl Into<String>) -> Reply {
    Reply::status(200)
        .with_header("content-type", "text/event-stream; charset=utf-8")
        .body(body)
}

#[tokio::test]
async fn the_answers_of_other_servers_are_read() {
    let counted = Some(Usage {
        input_tokens: 30,
        output_tokens: 5,
    });
    for (body, usage) in [(OLLAMA, None), (VLLM, counted), (LLAMA_CPP, counted)] {
        for body in [String::from(body), body.replace("data: [DONE]\n\n", "")] {
            let answer = answer_to(stream(body)).await;
            assert_eq!(answer.text, "Turn it off.");
            assert_eq!(answer.thoughts, 1);
            let expected = Finish {
                reason: FinishReason::Stop,
                usage,
                model: Some(String::from("qwen3:4b")),
                hands_off: false,
            };
            assert_eq!(answer.finish(), expected);
        }
    }
}

#[tokio::test]
async fn their_errors_in_the_middle_end_the_answer() {
    let begun = r#"data: {"choices":[{"index":0,"delta":{"content":"Turn"}}]}"#;
    for (error, code) in [
        (
            r#"data: {"error":{"object":"error","message":"No","type":"BadRequestError","code":400}}"#,
            FailureCode::UpstreamRejected,
        ),
        (
            r#"data: {"error":{"code":500,"message":"No","type":"server_error"}}"#,
            FailureCode::UpstreamUnavailable,
        ),
        (
            r#"data: {"error":{"message":"No","type":"api_error","param":null,"code":null}}"#,
            FailureCode::UpstreamUnavailable,
        ),
        // Not data at all, as old releases of llama.cpp send it.
        (
            r#"error: {"code":500,"message":"No","type":"server_error"}"#,
            FailureCode::UpstreamUnavailable,
        ),
    ] {
        let answer = answer_to(stream(format!("{begun}\n\n{error}\n\ndata: [DONE]\n\n"))).await;
        assert_eq!(answer.text, "Turn", "{error}");
        assert_eq!(answer.error().failure_code(), code, "{error}");
    }
}

#[tokio::test]
async fn a_conversation_that_is_too_long_for_them_is_told_apart() {
    let body = r#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":8192}}"#;
    let error = refusal_to(Reply::status(400).body(body)).await;
    assert!(matches!(error, ChatModelError::ContextTooLong), "{error:?}");
}
