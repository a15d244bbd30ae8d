use std::sync::Arc;
use std::time::Duration;

use adapters_extractive::ExtractiveChatModel;
use adapters_groq::{GroqChatModel, GroqSettings, Timeouts};
use anyhow::Context as _;
use domain::ports::ChatModel;
use reply_engine::{FallbackChatModel, RetryPolicy, RetryingChatModel};

use crate::config::{Assistant, Groq};

/// How long the quoting assistant takes over a word.
const WORD_PAUSE: Duration = Duration::from_millis(5);

/// The configured assistant.
pub(super) fn obtain(assistant: &Assistant) -> anyhow::Result<Arc<dyn ChatModel>> {
    match assistant {
        Assistant::Extractive => {
            tracing::info!(
                "assistant: extractive, quotes help articles; set GROQ_API_KEY to have a model \
                 answer"
            );
            Ok(Arc::new(ExtractiveChatModel::paced(WORD_PAUSE)))
        }
        Assistant::Groq(groq) => {
            tracing::info!(
                model = groq.model,
                fallback_models = groq.fallback_models.join(","),
                quotes_at_last = groq.quotes_at_last,
                base_url = groq.base_url,
                "assistant: groq; set ASSISTANT=extractive to have help articles quoted instead"
            );
            let model = groq_model(groq)?;
            let siblings = groq.fallback_models.iter();
            let mut others: Vec<Arc<dyn ChatModel>> = siblings
                .map(|name| persistent(model.sibling(name)))
                .collect();
            if groq.quotes_at_last {
                others.push(Arc::new(ExtractiveChatModel::paced(WORD_PAUSE)));
            }
            Ok(Arc::new(FallbackChatModel::new(persistent(model), others)))
        }
    }
}

/// The configured model, asked once at a time.
pub(super) fn groq_model(groq: &Groq) -> anyhow::Result<GroqChatModel> {
    GroqChatModel::new(GroqSettings {
        base_url: groq.base_url.clone(),
        api_key: groq.api_key.clone(),
        model: groq.model.clone(),
        reasoning_effort: groq.reasoning_effort.map(str::to_owned),
        timeouts: Timeouts {
            first_token: groq.first_token,
            idle: groq.idle,
            total: groq.total,
            ..Timeouts::default()
        },
    })
    .context("cannot set up the model's client")
}

/// A model that is asked again when it fails.
fn persistent(model: GroqChatModel) -> Arc<dyn ChatModel> {
    Arc::new(RetryingChatModel::new(
        Arc::new(model),
        RetryPolicy::default(),
    ))
}
