//! Asking again and asking others, over scripted models and with a clock that only waiting moves.

#![expect(clippy::expect_used, reason = "a helper that fails must stop its test")]

mod fallback;
mod retrying;

use domain::ports::{
    ChatChunk, ChatModel, ChatModelError, ChatRequest, ChatRole, ChatTurn, Finish,
};
use futures_util::StreamExt as _;

/// Some request.
fn request() -> ChatRequest {
    ChatRequest {
        turns: vec![ChatTurn {
            role: ChatRole::User,
            content: "Where is my parcel?".to_owned(),
        }],
        max_completion_tokens: 100,
        passages: Vec::new(),
    }
}

/// The whole answer of a model, or the error in place of it or of its rest.
async fn answer(model: &dyn ChatModel) -> Result<(String, Finish), ChatModelError> {
    let mut chunks = model.stream_reply(request()).await?;
    let mut text = String::new();
    loop {
        match chunks.next().await.expect("an end")? {
            ChatChunk::Text(more) | ChatChunk::Quote { text: more, .. } => text.push_str(&more),
            ChatChunk::Thinking => {}
            ChatChunk::Finished(finish) => return Ok((text, finish)),
        }
    }
}
