use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;
use thiserror::Error;

use crate::reply::Reply;

/// A [`Reply`] as JSON: one key for each of its methods.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ReplyScript {
    status: Option<u16>,
    retry_after: Option<u64>,
    without_retry_after: bool,
    text: Option<String>,
    pieces: Option<Vec<String>>,
    reasoning: Vec<String>,
    headers: BTreeMap<String, String>,
    tokens_per_second: Option<f64>,
    first_token_after_ms: Option<u64>,
    headers_after_ms: u64,
    finish_reason: Option<String>,
    stall_after: Option<usize>,
    cut_after: Option<usize>,
    error_frame_after: Option<usize>,
    error_frame_status: Option<u16>,
    without_finish: bool,
    without_done: bool,
}

/// Two keys of a script that exclude each other.
#[derive(Debug, Error)]
pub(super) enum ScriptError {
    #[error("a reply has at most one of `status`, `text` and `pieces`")]
    SeveralContents,
    #[error(
        "a reply has at most one of `stall_after`, `cut_after`, `error_frame_after`, \
         `without_finish` and `without_done`"
    )]
    SeveralEndings,
    #[error("`retry_after` and `without_retry_after` go with a `status`, and only one of them")]
    StrayRetryAfter,
    #[error("`error_frame_status` goes with `error_frame_after`")]
    StrayErrorFrameStatus,
}

impl TryFrom<ReplyScript> for Reply {
    type Error = ScriptError;

    fn try_from(script: ReplyScript) -> Result<Self, ScriptError> {
        script.check()?;

        let mut reply = match (script.status, script.text, script.pieces) {
            (Some(status), _, _) => Self::status(status),
            (_, Some(text), _) => Self::text(text),
            (_, _, Some(pieces)) => Self::new().with_pieces(pieces),
            (None, None, None) => Self::new(),
        };
        if let Some(seconds) = script.retry_after {
            reply = reply.retry_after(Duration::from_secs(seconds));
        }
        if script.without_retry_after {
            reply = reply.without_retry_after();
        }
        if let Some(after) = script.stall_after {
            reply = reply.stall_after(after);
        }
        if let Some(after) = script.cut_after {
            reply = reply.cut_after(after);
        }
        if let Some(after) = script.error_frame_after {
            reply = reply.error_frame_after(after);
        }
        if script.without_finish {
            reply = reply.without_finish();
        }
        if script.without_done {
            reply = reply.without_done();
        }

        Ok(Self {
            reasoning: script.reasoning,
            headers: script.headers.into_iter().collect(),
            tokens_per_second: script.tokens_per_second,
            first_token_after: script.first_token_after_ms.map(Duration::from_millis),
            headers_after: Duration::from_millis(script.headers_after_ms),
            finish_reason: script.finish_reason,
            error_frame_status: script.error_frame_status,
            ..reply
        })
    }
}

impl ReplyScript {
    fn check(&self) -> Result<(), ScriptError> {
        let contents = [
            self.status.is_some(),
            self.text.is_some(),
            self.pieces.is_some(),
        ];
        let endings = [
            self.stall_after.is_some(),
            self.cut_after.is_some(),
            self.error_frame_after.is_some(),
            self.without_finish,
            self.without_done,
        ];
        let waits = [self.retry_after.is_some(), self.without_retry_after];

        if count(&contents) > 1 {
            return Err(ScriptError::SeveralContents);
        }
        if count(&endings) > 1 {
            return Err(ScriptError::SeveralEndings);
        }
        if count(&waits) > usize::from(self.status.is_some()) {
            return Err(ScriptError::StrayRetryAfter);
        }
        if self.error_frame_status.is_some() && self.error_frame_after.is_none() {
            return Err(ScriptError::StrayErrorFrameStatus);
        }
        Ok(())
    }
}

fn count(flags: &[bool]) -> usize {
    flags.iter().filter(|flag| **flag).count()
}
