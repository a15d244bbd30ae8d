#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use domain::ports::{ChatChunk, ChatModelError, Finish};
use domain::reply::{FinishReason, Usage};
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::completion_chunk::CompletionChunk;
use crate::error_body::ErrorBody;
use crate::fault::Fault;
use crate::sse_decoder::SseEvent;
use crate::thought_filter::ThoughtFilter;

/// What ends the answers of all hosts of this protocol.
const DONE: &str = "[DONE]";

/// One answer as it is read event by event.
///
/// The end is given out at `[DONE]` or at the end of the body, not with the finish reason, since
/// the usage may come after that. Without a finish reason there is no end, only an error: a host
/// that breaks an answer off can still end the body properly.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pieces: VecDeque<Result<ChatChunk, ChatModelError>>,
    thoughts: ThoughtFilter,
    finish_reason: Option<FinishReason>,
    usage: Option<Usage>,
    model: Option<String>,
    has_begun: bool,
    has_ended: bool,
}

impl Answer {
    /// The next piece that was read and not yet taken.
    pub(crate) fn next_piece(&mut self) -> Option<Result<ChatChunk, ChatModelError>> {
        self.pieces.pop_front()
    }

    /// Whether there was any text or reasoning, or a finish reason in place of it.
    pub(crate) fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// Reads an event. Those after the end are ignored.
    pub(crate) fn read(&mut self, event: &SseEvent) {
        if self.has_ended {
            return;
        }
        if let Err(error) = self.try_read(event) {
            self.fail(error);
        }
    }

    /// Reads the end of the body. An event that no empty line ended may be cut, so it counts only
    /// if it is whole.
    pub(crate) fn read_end(&mut self, unended: Option<&SseEvent>) {
        if let Some(event) = unended
            && is_whole(&event.data)
        {
            self.read(event);
        }
        if !self.has_ended {
            tracing::debug!("the answer ended without [DONE]");
            self.finish();
        }
    }

    /// Ends the answer with an error, unless it has ended.
    pub(crate) fn fail(&mut self, error: ChatModelError) {
        if !self.has_ended {
            self.has_ended = true;
            self.pieces.push_back(Err(error));
        }
    }

    fn try_read(&mut self, event: &SseEvent) -> Result<(), ChatModelError> {
        let data = event.data.trim();
        match event.name.as_str() {
            "" | "message" => {}
            "error" => return Err(read_error(data).into_stream_error()),
            // Pings and the like, some of them with data that is no JSON.
            _ => return Ok(()),
        }
        match data {
            "" => {}
            DONE => self.finish(),
            _ => {
                let chunk =
                    CompletionChunk::parse(data).ok_or_else(|| Fault::NotAChunk.malformed())?;
                self.read_chunk(chunk)?;
            }
        }
        Ok(())
    }

    fn read_chunk(&mut self, chunk: CompletionChunk) -> Result<(), ChatModelError> {
        if let Some(error) = chunk.error() {
            return Err(error.into_stream_error());
        }
        self.usage = chunk.usage().or(self.usage);
        if self.model.is_none() {
            self.model = chunk.model().map(String::from);
        }
        if let Some(reason) = chunk.finish_reason() {
            self.finish_reason = Some(reason);
            self.has_begun = true;
        }

        let delta = chunk.into_delta();
        if delta.is_reasoning() {
            self.has_begun = true;
            self.pieces.push_back(Ok(ChatChunk::Thinking));
        }
        if let Some(content) = delta.into_text() {
            self.has_begun = true;
            let text = self.thoughts.push(content);
            if self.thoughts.is_in_thought() {
                self.pieces.push_back(Ok(ChatChunk::Thinking));
            }
            self.push_text(text);
        }
        Ok(())
    }

    fn finish(&mut self) {
        let Some(reason) = self.finish_reason else {
            self.fail(Fault::NoFinishReason.unavailable());
            return;
        };
        let held_back = self.thoughts.finish();
        self.push_text(held_back);
        self.has_ended = true;
        self.pieces.push_back(Ok(ChatChunk::Finished(Finish {
            reason,
            usage: self.usage,
            model: self.model.take(),
            hands_off: false,
        })));
    }

    fn push_text(&mut self, text: String) {
        if !text.is_empty() {
            self.pieces.push_back(Ok(ChatChunk::Text(text)));
        }
    }
}

fn is_whole(data: &str) -> bool {
    data.trim() == DONE || serde_json::from_str::<IgnoredAny>(data).is_ok()
}

/// Reads the data of an event that is named an error, so whatever it holds is one.
fn read_error(data: &str) -> ErrorBody {
    let value: Value = serde_json::from_str(data).unwrap_or_default();
    ErrorBody::of(value.get("error").unwrap_or(&value))
}
