use std::time::Duration;

use crate::{answer::Answer, error::ErrorDetail, reply::Ending};

/// The events of a stream in their order, and what follows the last of them.
#[derive(Debug)]
pub(crate) struct Transcript {
    pub(crate) frames: Vec<Frame>,
    pub(crate) end: End,
}

#[derive(Debug)]
pub(crate) struct Frame {
    /// When to send it, counted from the response head.
    pub(crate) due: Duration,
    pub(crate) payload: Payload,
}

#[derive(Debug)]
pub(crate) enum Payload {
    Role,
    Reasoning(String),
    Content(String),
    Finish(String),
    Usage,
    Done,
    Error(ErrorDetail),
}

/// How a body ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    Clean,
    /// The connection breaks off.
    Cut,
    /// Nothing more comes, and the connection stays open.
    Silence,
}

impl Transcript {
    /// `error` is what an error frame says, if the ending has one.
    pub(crate) fn write(
        answer: Answer,
        ending: Ending,
        include_usage: bool,
        error: ErrorDetail,
    ) -> Self {
        let mut due = answer.first_token_after;
        let mut frames = vec![Frame {
            due,
            payload: Payload::Role,
        }];
        let reasoning = answer.reasoning.into_iter().map(Payload::Reasoning);
        let content = answer.pieces.into_iter().map(Payload::Content);
        for payload in reasoning.chain(content) {
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

        let end = match ending {
            Ending::Complete | Ending::WithoutDone | Ending::WithoutFinish => End::Clean,
            Ending::Stall { after } => {
                frames.truncate(after);
                End::Silence
            }
            Ending::Cut { after } => {
                frames.truncate(after);
                End::Cut
            }
            Ending::ErrorFrame { after } => {
                frames.truncate(after);
                let due = frames
                    .last()
                    .map_or(answer.first_token_after, |last| last.due);
                frames.push(Frame {
                    due,
                    payload: Payload::Error(error),
                });
                End::Clean
            }
        };
        Self { frames, end }
    }
}
