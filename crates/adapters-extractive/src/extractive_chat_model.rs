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
        let paragraphs = answer.unwrap_or_else(|| vec![Paragraph::own(NOTHING_FOUND)]);
        let mut chunks: Vec<_> = words(&paragraphs).map(Ok).collect();
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

/// A part of the answer.
struct Paragraph {
    text: String,
    /// The number of the passage that it tells of.
    source: Option<usize>,
}

impl Paragraph {
    fn own(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            source: None,
        }
    }

    fn about(source: usize, text: String) -> Self {
        Self {
            text,
            source: Some(source),
        }
    }
}

/// The paragraphs, word by word, with a blank line between them.
fn words(paragraphs: &[Paragraph]) -> impl Iterator<Item = ChatChunk> {
    let last = paragraphs.len().saturating_sub(1);
    let ended = paragraphs.iter().enumerate().map(move |(number, part)| {
        let end = if number == last { "" } else { "\n\n" };
        (format!("{}{end}", part.text), part.source)
    });
    ended.flat_map(|(text, source)| {
        let words = text.split_inclusive(char::is_whitespace);
        let chunks = words.map(|word| match source {
            Some(source) => ChatChunk::Quote {
                text: word.to_owned(),
                source,
            },
            None => ChatChunk::Text(word.to_owned()),
        });
        chunks.collect::<Vec<_>>()
    })
}

/// The answer, if a passage fits.
fn answer(request: &ChatRequest) -> Option<Vec<Paragraph>> {
    let mut fitting = (1..)
        .zip(&request.passages)
        .filter(|(_, ranked)| ranked.fits)
        .map(|(number, ranked)| (number, &ranked.passage));
    let (number, best) = fitting.next()?;
    let another = fitting.find(|(_, passage)| passage.article_id != best.article_id);

    let max_chars = usize::try_from(request.max_completion_tokens)
        .unwrap_or(usize::MAX)
        .saturating_mul(CHARS_PER_TOKEN);
    let link = best
        .url
        .as_ref()
        .map(|url| format!("You can read the whole article here: <{url}>"));
    let mut paragraphs = vec![
        Paragraph::about(number, introduction(best)),
        Paragraph::about(number, quote(&best.text, max_chars)),
    ];
    paragraphs.extend(link.map(|link| Paragraph::about(number, link)));
    paragraphs.extend(another.map(|(number, passage)| Paragraph::about(number, hint(passage))));
    paragraphs.push(Paragraph::own(CLOSING));
    Some(paragraphs)
}

fn hint(passage: &Passage) -> String {
    let title = &passage.title;
    match &passage.url {
        Some(url) => format!("The article \"{title}\" may help you too: <{url}>"),
        None => format!("The article \"{title}\" may help you too."),
    }
}

fn introduction(passage: &Passage) -> String {
    let title = &passage.title;
    match &passage.heading {
        Some(heading) => format!("Our help article \"{title}\" says under \"{heading}\":"),
        None => format!("Our help article \"{title}\" says:"),
    }
}
