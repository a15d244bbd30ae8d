//! What is counted and timed of replies. Where no recorder is installed, nothing is.

use std::time::{Duration, Instant};

use domain::ports::ChatModelError;
use domain::reply::{Ending, Reply, ReplyState};
use metrics::{counter, gauge, histogram};

/// A generation that runs; dropping it says that it does no more.
pub(crate) struct Running(());

impl Running {
    pub(crate) fn begin() -> Self {
        gauge!("support_assistant_generations_running").increment(1);
        Self(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        gauge!("support_assistant_generations_running").decrement(1);
    }
}

/// The times at which a generation's texts come.
pub(crate) struct Texts {
    last: Instant,
    any: bool,
}

impl Texts {
    /// Counts from now on.
    pub(crate) fn awaited() -> Self {
        Self {
            last: Instant::now(),
            any: false,
        }
    }

    /// Another text came.
    pub(crate) fn came(&mut self) {
        let now = Instant::now();
        let waited = now.duration_since(self.last);
        if self.any {
            histogram!("support_assistant_token_gap_seconds").record(waited);
        } else {
            histogram!("support_assistant_first_token_seconds").record(waited);
        }
        self.any = true;
        self.last = now;
    }
}

/// A generation ended, and stored how.
pub(crate) fn reply_ended(reply: &Reply) {
    let ReplyState::Ended(ending) = &reply.state else {
        return;
    };
    let detail = match ending {
        Ending::Completed { finish_reason, .. } => finish_reason.as_str(),
        Ending::Incomplete { reason, .. } => reason.as_str(),
        Ending::Cancelled { reason, .. } => reason.as_str(),
        Ending::Failed { code } => code.as_str(),
    };
    replies(reply.state.status(), detail);
    if let Some(reason) = reply.handoff {
        counter!("support_assistant_handoffs_total", "reason" => reason.as_str()).increment(1);
    }
    let model = reply.model_served.as_ref().unwrap_or(&reply.model);
    if let Some(usage) = reply.usage {
        for (direction, tokens) in [
            ("input", usage.input_tokens),
            ("output", usage.output_tokens),
        ] {
            counter!(
                "support_assistant_reply_tokens_total",
                "model" => model.clone(), "direction" => direction
            )
            .increment(u64::try_from(tokens).unwrap_or(0));
        }
    }
}

/// A generation was stopped from elsewhere: cancelled, handed over or taken over.
pub(crate) fn generation_stopped() {
    replies("stopped", "elsewhere");
}

fn replies(outcome: &'static str, detail: &'static str) {
    counter!("support_assistant_replies_total", "outcome" => outcome, "detail" => detail)
        .increment(1);
}

/// A batch was appended to the log, for that many replies.
pub(crate) fn appended(replies: usize, took: Duration) {
    let replies = u32::try_from(replies).unwrap_or(u32::MAX);
    histogram!("support_assistant_log_batch_replies").record(replies);
    histogram!("support_assistant_log_append_seconds").record(took);
}

/// A model's host answered a request, or did not.
pub(crate) fn asked(model: &str, outcome: Result<(), &ChatModelError>) {
    let outcome = outcome.map_or_else(|error| error.failure_code().as_str(), |()| "answered");
    counter!(
        "support_assistant_upstream_requests_total",
        "model" => model.to_owned(), "outcome" => outcome
    )
    .increment(1);
}

/// A model is asked once more.
pub(crate) fn asked_again(model: &str) {
    counter!("support_assistant_upstream_retries_total", "model" => model.to_owned()).increment(1);
}

/// Whether a model's host is left alone for now.
pub(crate) fn left_alone(model: &str, open: bool) {
    gauge!("support_assistant_upstream_breaker_open", "model" => model.to_owned())
        .set(u8::from(open));
}
