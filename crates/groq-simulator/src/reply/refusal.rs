use std::time::Duration;

use crate::reply::Reply;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ScriptedRefusal {
    pub(crate) status: u16,
    pub(crate) retry_after: RetryAfter,
    pub(crate) code: Option<String>,
    pub(crate) body: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum RetryAfter {
    /// As the service does it: only on a 429.
    Usual,
    Seconds(u64),
    Omitted,
}

impl Reply {
    /// Refuses the request with an error status, in the words and headers of the service. A 403
    /// and a 502 are HTML pages, as they come from the proxies in front of it. What is set for the
    /// text or the stream of an answer has no effect.
    pub fn status(status: u16) -> Self {
        let refusal = ScriptedRefusal {
            status,
            retry_after: RetryAfter::Usual,
            code: None,
            body: None,
        };
        Self {
            refusal: Some(refusal),
            ..Self::default()
        }
    }

    /// Sends `retry-after` with a refusal, in whole seconds (a started second counts).
    pub fn retry_after(self, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.change_refusal(|refusal| refusal.retry_after = RetryAfter::Seconds(seconds))
    }

    /// Leaves `retry-after` out of a 429; its message still says how long to wait.
    pub fn without_retry_after(self) -> Self {
        self.change_refusal(|refusal| refusal.retry_after = RetryAfter::Omitted)
    }

    /// Gives a refusal this error code, in place of the usual one of its status. Where the
    /// service has words and other members of its own for a code, they come with it.
    pub fn code(self, code: impl Into<String>) -> Self {
        self.change_refusal(|refusal| refusal.code = Some(code.into()))
    }

    /// Sends exactly this body with a status, 200 included; it counts as HTML if it is not JSON
    /// and no header says anything else.
    pub fn body(self, body: impl Into<String>) -> Self {
        self.change_refusal(|refusal| refusal.body = Some(body.into()))
    }

    fn change_refusal(mut self, change: impl FnOnce(&mut ScriptedRefusal)) -> Self {
        if let Some(refusal) = &mut self.refusal {
            change(refusal);
        }
        self
    }
}
