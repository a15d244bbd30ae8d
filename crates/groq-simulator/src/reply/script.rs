use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;
use thiserror::Error;

use crate::reply::{
    ChunkShape, Content, Ending, ErrorForm, LineEnd, Place, Reply, RetryAfter, ScriptedRefusal,
    ToolCall, WireFormat, Writes, endings::ErrorFrame,
};

/// A [`Reply`] as JSON: one key for each of its methods.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "these are the keys of a JSON object"
)]
pub(crate) struct ReplyScript {
    status: Option<u16>,
    code: Option<String>,
    body: Option<String>,
    retry_after: Option<u64>,
    without_retry_after: bool,
    text: Option<String>,
    pieces: Option<Vec<String>>,
    reasoning: Vec<String>,
    tool_calls: Vec<ToolCall>,
    finish_reason: Option<String>,
    cached_tokens: u32,
    chunk_shape: Option<ChunkShape>,
    headers: BTreeMap<String, String>,
    tokens_per_second: Option<f64>,
    first_token_after_ms: Option<u64>,
    headers_after_ms: u64,
    stall_after: Option<usize>,
    stall_at_byte: Option<usize>,
    cut_after: Option<usize>,
    cut_at_byte: Option<usize>,
    cut_before_head: bool,
    by_reset: bool,
    error_frame_after: Option<usize>,
    error_frame_status: Option<u16>,
    error_frame_form: Option<ErrorForm>,
    garbage_after: Option<usize>,
    endless_after: Option<usize>,
    endless_line_after: Option<usize>,
    without_finish: bool,
    without_done: bool,
    writes: Writes,
    line_ends: LineEnd,
    byte_order_mark: bool,
    unterminated: bool,
    insert: BTreeMap<usize, String>,
    comment_every_ms: Option<u64>,
}

/// A reply with the number of the request it is for.
#[derive(Deserialize)]
#[serde(try_from = "serde_json::Map<String, serde_json::Value>")]
pub(crate) struct ScriptedReply {
    pub(crate) at: Option<u64>,
    pub(crate) reply: Reply,
}

/// Two keys of a script that exclude each other.
#[derive(Debug, Error)]
pub(crate) enum ScriptError {
    #[error("a reply has at most one of `status`, `text` and `pieces`")]
    SeveralContents,
    #[error("a reply ends in one way only")]
    SeveralEndings,
    #[error("`retry_after` and `without_retry_after` go with a `status`, and only one of them")]
    StrayRetryAfter,
    #[error("`code` and `body` go with a `status`, and only one of them")]
    StrayBody,
    #[error("`error_frame_status` and `error_frame_form` go with `error_frame_after`")]
    StrayErrorFrame,
    #[error("`by_reset` goes with a cut")]
    StrayReset,
    #[error("`at` is the number of a request, from 1")]
    NoSuchRequest,
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl TryFrom<ReplyScript> for Reply {
    type Error = ScriptError;

    fn try_from(script: ReplyScript) -> Result<Self, ScriptError> {
        let ending = script.ending()?;
        script.check(ending)?;
        let refusal = script.refusal()?;
        let content = match (script.text, script.pieces) {
            (Some(text), _) => Content::Text(text),
            (None, Some(pieces)) => Content::Pieces(pieces),
            (None, None) => Content::Derived,
        };

        Ok(Self {
            refusal,
            content,
            reasoning: script.reasoning,
            tool_calls: script.tool_calls,
            finish_reason: script.finish_reason,
            cached_tokens: script.cached_tokens,
            chunk_shape: script.chunk_shape,
            tokens_per_second: script.tokens_per_second,
            first_token_after: script.first_token_after_ms.map(Duration::from_millis),
            headers_after: Duration::from_millis(script.headers_after_ms),
            headers: script.headers.into_iter().collect(),
            ending,
            error_frame: ErrorFrame {
                status: script.error_frame_status,
                form: script.error_frame_form.unwrap_or_default(),
            },
            wire_format: WireFormat {
                line_ends: script.line_ends,
                byte_order_mark: script.byte_order_mark,
                unterminated: script.unterminated,
                inserted: script.insert.into_iter().collect(),
                comment_every: script.comment_every_ms.map(Duration::from_millis),
                writes: script.writes,
                by_reset: script.by_reset,
            },
        })
    }
}

impl TryFrom<serde_json::Map<String, serde_json::Value>> for ScriptedReply {
    type Error = ScriptError;

    fn try_from(
        mut script: serde_json::Map<String, serde_json::Value>,
    ) -> Result<Self, ScriptError> {
        let at = match script.remove("at") {
            None => None,
            Some(at) => Some(
                at.as_u64()
                    .filter(|at| *at > 0)
                    .ok_or(ScriptError::NoSuchRequest)?,
            ),
        };
        let reply = serde_json::from_value(script.into())?;
        Ok(Self { at, reply })
    }
}

impl ReplyScript {
    fn refusal(&self) -> Result<Option<ScriptedRefusal>, ScriptError> {
        let waits = [self.retry_after.is_some(), self.without_retry_after];
        let bodies = [self.code.is_some(), self.body.is_some()];
        if count(&waits) > usize::from(self.status.is_some()) {
            return Err(ScriptError::StrayRetryAfter);
        }
        if count(&bodies) > usize::from(self.status.is_some()) {
            return Err(ScriptError::StrayBody);
        }
        Ok(self.status.map(|status| ScriptedRefusal {
            status,
            retry_after: match (self.retry_after, self.without_retry_after) {
                (Some(seconds), _) => RetryAfter::Seconds(seconds),
                (None, true) => RetryAfter::Omitted,
                (None, false) => RetryAfter::Usual,
            },
            code: self.code.clone(),
            body: self.body.clone(),
        }))
    }

    fn ending(&self) -> Result<Ending, ScriptError> {
        let chunk = |after| Place::Chunk(after);
        let byte = |at| Place::Byte(at);
        let mut endings = [
            self.stall_after.map(chunk).map(Ending::Stall),
            self.stall_at_byte.map(byte).map(Ending::Stall),
            self.cut_after.map(chunk).map(Ending::Cut),
            self.cut_at_byte.map(byte).map(Ending::Cut),
            self.cut_before_head.then_some(Ending::CutBeforeHead),
            self.error_frame_after
                .map(|after| Ending::ErrorFrame { after }),
            self.garbage_after.map(|after| Ending::Garbage { after }),
            self.endless_after.map(|after| Ending::Endless { after }),
            self.endless_line_after
                .map(|after| Ending::EndlessLine { after }),
            self.without_finish.then_some(Ending::WithoutFinish),
            self.without_done.then_some(Ending::WithoutDone),
        ]
        .into_iter()
        .flatten();
        match (endings.next(), endings.next()) {
            (_, Some(_)) => Err(ScriptError::SeveralEndings),
            (ending, None) => Ok(ending.unwrap_or_default()),
        }
    }

    fn check(&self, ending: Ending) -> Result<(), ScriptError> {
        let contents = [
            self.status.is_some(),
            self.text.is_some(),
            self.pieces.is_some(),
        ];
        let has_frame_keys = self.error_frame_status.is_some() || self.error_frame_form.is_some();

        if count(&contents) > 1 {
            return Err(ScriptError::SeveralContents);
        }
        if has_frame_keys && !matches!(ending, Ending::ErrorFrame { .. }) {
            return Err(ScriptError::StrayErrorFrame);
        }
        if self.by_reset && !matches!(ending, Ending::Cut(_) | Ending::CutBeforeHead) {
            return Err(ScriptError::StrayReset);
        }
        Ok(())
    }
}

fn count(flags: &[bool]) -> usize {
    flags.iter().filter(|flag| **flag).count()
}
