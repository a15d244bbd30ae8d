use std::sync::Arc;
use std::time::Duration;

use adapters_extractive::ExtractiveChatModel;
use adapters_groq::{GroqChatModel, GroqSettings, Timeouts};
use anyhow::Context as _;
use domain::ports::ChatModel;

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
        Assistant::Groq(Groq {
            api_key,
            base_url,
            model,
        }) => {
            tracing::info!(
                model,
                base_url,
                "assistant: groq; set ASSISTANT=extractive to have help articles quoted instead"
            );
            let settings = GroqSettings {
                base_url: base_url.clone(),
                api_key: api_key.clone(),
                model: model.clone(),
                timeouts: Timeouts::default(),
            };
            let model = GroqChatModel::new(settings).context("cannot set up the model's client")?;
            Ok(Arc::new(model))
        }
    }
}
