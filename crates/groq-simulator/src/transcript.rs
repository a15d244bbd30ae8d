use std::{iter, time::Duration};

use bytes::Bytes;

use crate::{
    answer::Answer,
    error::ErrorDetail,
    reply::{Ending, ErrorForm, Place, Reply, ToolCall},
    text::garbage,
};

/// The events of a stream in their order.
#[derive(Debug)]
pub(crate) struct Transcript {
    pub(crate) frames: Vec<Frame>,
    /// What is sent after them for as long as the client reads.
    pub(crate) tail: Option<Tail>,
    /// When the first event would be due that is left out.
    pub(crate) ends: Duration,
}

#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// When to send it, counted from the response head.
    pub(crate) due: Duration,
    pub(crate) payload: Payload,
}

#[derive(Clone, Debug)]
pub(crate) enum Payload {
    Role,
    Reasoning(String),
    Content(String),
    ToolCalls(Vec<ToolCall>),
    Finish(String),
    Usage,
    Done,
    /// Boxed, as there are very many payloads and few errors.
    Error(Box<ErrorDetail>, ErrorForm),
    /// Bytes that are sent as they stand.
    Raw(Bytes),
}

#[derive(Clone, Debug)]
pub(crate) struct Tail {
    first: Option<Payload>,
    repeated: Payload,
    starts: Duration,
    interval: Duration,
}

impl Transcript {
    /// `error` is what an error frame says, if the ending has one.
    pub(crate) fn write(
        answer: Answer,
        reply: &Reply,
        include_usage: bool,
        error: ErrorDetail,
    ) -> Self {
        let (starts, interval) = (answer.first_token_after, answer.interval);
        let mut transcript = Self {
            frames: regular(answer, reply.ending, include_usage),
            tail: None,
            ends: Duration::ZERO,
        };
        match reply.ending {
            Ending::Complete
            | Ending::WithoutDone
            | Ending::WithoutFinish
            | Ending::CutBeforeHead
            | Ending::Stall(Place::Byte(_))
            | Ending::Cut(Place::Byte(_)) => {}
            Ending::Stall(Place::Chunk(after)) | Ending::Cut(Place::Chunk(after)) => {
                let rest = transcript.frames.get(after);
                transcript.ends = rest.map_or(Duration::ZERO, |frame| frame.due);
                transcript.frames.truncate(after);
            }
            Ending::ErrorFrame { after } => {
                transcript.end_with(
                    after,
                    starts,
                    Payload::Error(Box::new(error), reply.error_frame.form),
                );
            }
            Ending::Garbage { after } => {
                transcript.end_with(after, starts, Payload::Raw(garbage()));
            }
            Ending::Endless { after } | Ending::EndlessLine { after } => {
                transcript.frames.truncate(after);
                let starts = transcript.frames.last().map_or(starts, |last| last.due);
                transcript.tail = Some(Tail::new(reply.ending, starts, interval));
            }
        }
        let mut inserted: Vec<_> = reply.wire_format.inserted.iter().collect();
        // From the last on, so that none moves the place of another.
        inserted.sort_by_key(|(after, _)| *after);
        for (after, text) in inserted.into_iter().rev() {
            transcript.insert(*after, text);
        }
        transcript
    }

    fn end_with(&mut self, after: usize, starts: Duration, payload: Payload) {
        self.frames.truncate(after);
        let due = self.frames.last().map_or(starts, |last| last.due);
        self.frames.push(Frame { due, payload });
    }

    fn insert(&mut self, after: usize, text: &str) {
        let place = after.min(self.frames.len());
        let before = place.checked_sub(1).and_then(|last| self.frames.get(last));
        let frame = Frame {
            due: before.map_or(Duration::ZERO, |before| before.due),
            payload: Payload::Raw(Bytes::from(String::from(text))),
        };
        self.frames.insert(place, frame);
    }
}

impl Tail {
    fn new(ending: Ending, starts: Duration, interval: Duration) -> Self {
        const OPEN: &str = "data: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\
             \"delta\":{\"content\":\"";
        let (first, repeated) = if matches!(ending, Ending::EndlessLine { .. }) {
            let more = Bytes::from_static(b"on and on ");
            (Some(Payload::Raw(OPEN.into())), Payload::Raw(more))
        } else {
            (None, Payload::Content(String::from(" and on")))
        };
        Self {
            first,
            repeated,
            starts,
            interval,
        }
    }

    pub(crate) fn frames(self) -> impl Iterator<Item = Frame> {
        let dues = iter::successors(Some(self.starts), move |due| Some(*due + self.interval));
        let payloads = self.first.into_iter().chain(iter::repeat(self.repeated));
        dues.zip(payloads)
            .map(|(due, payload)| Frame { due, payload })
    }
}

/// The events of a stream that nothing happens to.
fn regular(answer: Answer, ending: Ending, include_usage: bool) -> Vec<Frame> {
    let mut due = answer.first_token_after;
    let mut frames = vec![Frame {
        due,
        payload: Payload::Role,
    }];
    let reasoning = answer.reasoning.into_iter().map(Payload::Reasoning);
    let content = answer.pieces.into_iter().map(Payload::Content);
    let calls = Some(answer.tool_calls).filter(|calls| !calls.is_empty());
    let calls = calls.into_iter().map(Payload::ToolCalls);
    for payload in reasoning.chain(content).chain(calls) {
        frames.push(Frame { due, payload });
        due += answer.interval;
    }

    let due = frames.last().map_or(due, |last| last.due);
    let mut push = |payload| frames.push(Frame { due, payload });
    if ending != Ending::WithoutFinish {
        push(Payload::Finish(answer.finish_reason));
        if include_usage {
            push(Payload::Usage);
        }
        if ending != Ending::WithoutDone {
            push(Payload::Done);
        }
    }
    frames
}
