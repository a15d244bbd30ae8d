mod quote;

use std::time::Duration;

use async_trait::async_trait;
use domain::article::Passage;
use domain::ports::{ChatChunk, ChatModel, ChatModelError, ChatRequest, ChatStream, Finish};
use domain::reply::FinishReason;
use futures_util::{StreamExt, stream};

use self::quote::quote;

/// Shown to readers as the model that answered.
const NAME: &str = "extractive";

/// Said when no article answers. It promises nothing but what handing off does.
const NOTHING_FOUND: &str = "I could not find anything about this in our help articles, and I \
     would rather not guess. A person from our support team will take over and answer you here.";

/// Said below every quotation.
const CLOSING: &str = "If this does not answer your question, tell me more, or ask for a person.";

/// A token is about four characters.
const CHARS_PER_TOKEN: usize = 4;

/// Answers by quoting the help article that fits the question, word by word.
///
/// It looks at nothing but the request's passages, and only at those that fit. When none does it
/// says so and hands off to people.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExtractiveChatModel {
    pause: Duration,
}

impl ExtractiveChatModel {
    /// Pauses before each word, so that readers see the answer being written, as a model's is.
    pub const fn paced(pause: Duration) -> Self {
        Self { pause }
    }
}

#[async_trait]
impl ChatModel for ExtractiveChatModel {
    fn name(&self) -> String {
        NAME.to_owned()
    }

    async fn stream_reply(&self, request: ChatRequest) -> Result<ChatStream, ChatModelError> {
        let answer = answer(&request);
        let hands_off = answer.is_none();
        let text = answer.unwrap_or_else(|| NOTHING_FOUND.to_owned());
        let mut chunks: Vec<_> = text
            .split_inclusive(char::is_whitespace)
            .map(|word| Ok(ChatChunk::Text(word.to_owned())))
            .collect();
        chunks.push(Ok(ChatChunk::Finished(Finish {
            reason: FinishReason::Stop,
            usage: None,
            model: Some(NAME.to_owned()),
            hands_off,
        })));
        let pause = self.pause;
        Ok(Box::pin(stream::iter(chunks).then(
            move |chunk| async move {
                if !pause.is_zero() {
                    tokio::time::sleep(pause).await;
                }
                chunk
            },
        )))
    }
}

/// The answer, if a passage fits.
fn answer(request: &ChatRequest) -> Option<String> {
    let mut fitting = request
        .passages
        .iter()
        .filter(|ranked| ranked.fits)
        .map(|ranked| &ranked.passage);
    let best = fitting.next()?;
    let another = fitting.find(|passage| passage.article_id != best.article_id);

    let max_chars = usize::try_from(request.max_completion_tokens)
        .unwrap_or(usize::MAX)
        .saturating_mul(CHARS_PER_TOKEN);
    let link = best
        .url
        .as_ref()
        .map(|url| format!("You can read the whole article here: <{url}>"));
    let hint = another.map(|passage| {
        let title = &passage.title;
        format!("The article \"{title}\" may help you too.")
    });
    let paragraphs = [
        Some(introduction(best)),
        Some(quote(&best.text, max_chars)),
        link,
        hint,
        Some(CLOSING.to_owned()),
    ];
    Some(
        paragraphs
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("\n\n"),
    )
}

fn introduction(passage: &Passage) -> String {
    let title = &passage.title;
    match &passage.heading {
        Some(heading) => format!("Our help article \"{title}\" says under \"{heading}\":"),
        None => format!("Our help article \"{title}\" says:"),
    }
}
