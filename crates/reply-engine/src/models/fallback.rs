use std::sync::Arc;

use async_trait::async_trait;
use domain::ports::{ChatChunk, ChatModel, ChatModelError, ChatRequest, ChatStream};
use futures_util::StreamExt as _;

use crate::chain::Chain;

/// Asks one model after the other until one begins to answer.
pub struct FallbackChatModel {
    first: Arc<dyn ChatModel>,
    others: Vec<Arc<dyn ChatModel>>,
}

impl FallbackChatModel {
    /// Asks `first`, then `others` in their order.
    pub fn new(first: Arc<dyn ChatModel>, others: Vec<Arc<dyn ChatModel>>) -> Self {
        Self { first, others }
    }
}

#[async_trait]
impl ChatModel for FallbackChatModel {
    fn name(&self) -> String {
        self.first.name()
    }

    async fn stream_reply(&self, request: ChatRequest) -> Result<ChatStream, ChatModelError> {
        let first_error = match self.first.stream_reply(request.clone()).await {
            Ok(answer) => return Ok(signed(answer, self.first.name())),
            Err(error) if !may_go_better(&error) => return Err(error),
            Err(error) => error,
        };
        warn(&self.first.name(), &first_error);
        for model in &self.others {
            match model.stream_reply(request.clone()).await {
                Ok(answer) => return Ok(signed(answer, model.name())),
                Err(error) if !may_go_better(&error) => return Err(error),
                Err(error) => warn(&model.name(), &error),
            }
        }
        Err(first_error)
    }
}

fn warn(model: &str, error: &ChatModelError) {
    tracing::warn!(model, error = %Chain(error), "the model does not answer");
}

/// Whether another model may answer what this one did not. A conversation that is too long is to
/// be shortened, and what one host will not answer should not be passed on until one does.
const fn may_go_better(error: &ChatModelError) -> bool {
    match error {
        ChatModelError::RateLimited { .. }
        | ChatModelError::Rejected { .. }
        | ChatModelError::TimedOut
        | ChatModelError::Unavailable { .. }
        | ChatModelError::Malformed(_) => true,
        ChatModelError::ContextTooLong | ChatModelError::ContentRefused => false,
    }
}

/// An answer that says whose it is, also when its host does not.
fn signed(answer: ChatStream, name: String) -> ChatStream {
    answer
        .map(move |chunk| match chunk {
            Ok(ChatChunk::Finished(mut finish)) => {
                finish.model.get_or_insert_with(|| name.clone());
                Ok(ChatChunk::Finished(finish))
            }
            other => other,
        })
        .boxed()
}
