use std::time::Duration;

use adapters_groq::{GroqChatModel, GroqSettings, Timeouts};
use domain::ports::{
    ChatChunk, ChatModel as _, ChatModelError, ChatRequest, ChatRole, ChatStream, ChatTurn, Finish,
};
use futures_util::StreamExt as _;
use secrecy::SecretString;
use testkit::slow_upstream::{SlowUpstream, Step, streamed};
use tokio::time::timeout;

pub const KEY: &str = "gsk_0123456789abcdef";
/// How long a test waits for what must happen.
pub const DEADLINE: Duration = Duration::from_secs(10);

pub const ROLE: &str = concat!(
    r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"#,
    r#""model":"served-model","choices":[{"index":0,"delta":{"role":"assistant","content":""},"#,
    r#""logprobs":null,"finish_reason":null}],"x_groq":{"id":"req_1","seed":1}}"#,
    "\n\n"
);
pub const STOP: &str = concat!(
    r#"data: {"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"#,
    r#""x_groq":{"id":"req_1","usage":{"prompt_tokens":30,"completion_tokens":5}},"#,
    r#""usage":{"prompt_tokens":30,"completion_tokens":5}}"#,
    "\n\n"
);
pub const DONE: &str = "data: [DONE]\n\n";

/// The event with a piece of text.
pub fn delta(text: &str) -> String {
    let choice = serde_json::json!({"choices": [{"index": 0, "delta": {"content": text}}]});
    format!("data: {choice}\n\n")
}

/// The events of an answer that says `Hé, 😀!`.
pub fn greeting() -> String {
    [ROLE, &delta("Hé"), &delta(", 😀!"), STOP, DONE].concat()
}

/// What an answer was.
#[derive(Debug)]
pub struct Answer {
    pub text: String,
    /// How often it was only alive.
    pub thoughts: usize,
    pub end: Result<Finish, ChatModelError>,
}

impl Answer {
    #[track_caller]
    pub fn error(self) -> ChatModelError {
        match self.end {
            Err(error) => error,
            Ok(finish) => panic!("the answer ended well: {finish:?}"),
        }
    }

    #[track_caller]
    pub fn finish(self) -> Finish {
        self.end.expect("the answer ends well")
    }
}

pub fn settings(base_url: String) -> GroqSettings {
    GroqSettings {
        base_url,
        api_key: Some(SecretString::from(KEY)),
        model: String::from("asked-model"),
        reasoning_effort: None,
        timeouts: Timeouts::default(),
    }
}

pub fn model_at(base_url: String) -> GroqChatModel {
    GroqChatModel::new(settings(base_url)).expect("usable settings")
}

pub fn question() -> ChatRequest {
    let turn = |role, content: &str| ChatTurn {
        role,
        content: String::from(content),
    };
    ChatRequest {
        turns: vec![
            turn(ChatRole::System, "Be kind."),
            turn(ChatRole::User, "Hello?"),
            turn(ChatRole::Assistant, "Hello."),
            turn(ChatRole::User, "My \"router\" is on fire. 🔥"),
        ],
        max_completion_tokens: 512,
        passages: Vec::new(),
    }
}

pub async fn upstream(script: impl IntoIterator<Item = Step>) -> SlowUpstream {
    SlowUpstream::start(script).await.expect("a free port")
}

/// An upstream that answers with these server-sent events.
pub async fn upstream_saying(events: impl AsRef<[u8]>) -> SlowUpstream {
    upstream([Step::Send(streamed(events))]).await
}

/// The whole answer of a model.
pub async fn ask(model: &GroqChatModel) -> Answer {
    match model.stream_reply(question()).await {
        Ok(stream) => read(stream).await,
        Err(error) => panic!("no answer was begun: {error:?}"),
    }
}

/// The whole answer to these server-sent events.
pub async fn answer_to(events: impl AsRef<[u8]>) -> Answer {
    let upstream = upstream_saying(events).await;
    ask(&model_at(upstream.base_url())).await
}

/// Why no answer was begun.
pub async fn refusal_of(model: &GroqChatModel) -> ChatModelError {
    match model.stream_reply(question()).await {
        Ok(_) => panic!("an answer was begun"),
        Err(error) => error,
    }
}

/// The error that ends the answer, or that comes in place of it, where it may be both.
pub async fn error_of(model: &GroqChatModel) -> ChatModelError {
    match model.stream_reply(question()).await {
        Ok(stream) => read(stream).await.error(),
        Err(error) => error,
    }
}

/// Why no answer was begun after this response.
pub async fn refusal_to(response: Vec<u8>) -> ChatModelError {
    let upstream = upstream([Step::Send(response)]).await;
    refusal_of(&model_at(upstream.base_url())).await
}

/// The next item of an answer.
pub async fn next(stream: &mut ChatStream) -> Option<Result<ChatChunk, ChatModelError>> {
    timeout(DEADLINE, stream.next())
        .await
        .expect("the next item comes in time")
}

/// Everything up to the end, which must be the last item.
pub async fn read(mut stream: ChatStream) -> Answer {
    let mut text = String::new();
    let mut thoughts = 0;
    let end = loop {
        match next(&mut stream)
            .await
            .expect("an answer ends with its end or an error")
        {
            Ok(ChatChunk::Text(piece)) => text.push_str(&piece),
            Ok(ChatChunk::Quote { .. }) => panic!("it has nothing to quote"),
            Ok(ChatChunk::Thinking) => thoughts += 1,
            Ok(ChatChunk::Finished(finish)) => break Ok(finish),
            Err(error) => break Err(error),
        }
    };
    assert!(next(&mut stream).await.is_none(), "nothing follows the end");
    Answer {
        text,
        thoughts,
        end,
    }
}
