use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use actix_web::http::header::HeaderMap;

use crate::{
    config::Config,
    error::ApiError,
    identity::Identity,
    journal::{Journal, bearer_key},
    limits::Limiter,
    reply::Reply,
};

/// What the handlers and the [`Simulator`](crate::Simulator) share.
pub(crate) struct State {
    pub(crate) config: Config,
    pub(crate) journal: Arc<Journal>,
    pub(crate) limiter: Limiter,
    scripted: Mutex<VecDeque<Reply>>,
    requests: AtomicU64,
}

impl State {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            journal: Arc::new(Journal::new(config.journal_capacity)),
            limiter: Limiter::new(config.rate_limits),
            config,
            scripted: Mutex::default(),
            requests: AtomicU64::new(0),
        }
    }

    /// Adds to the replies that were scripted already, all of them or none in between.
    pub(crate) fn enqueue(&self, replies: impl IntoIterator<Item = Reply>) {
        self.scripted().extend(replies);
    }

    /// The next scripted reply, or the usual one when the script is at its end.
    pub(crate) fn next_reply(&self) -> Reply {
        self.scripted().pop_front().unwrap_or_default()
    }

    pub(crate) fn reset(&self) {
        self.scripted().clear();
        self.journal.reset();
        self.limiter.set(self.config.rate_limits);
    }

    pub(crate) fn next_identity(&self) -> Identity {
        Identity::derive(
            self.config.seed,
            self.requests.fetch_add(1, Ordering::Relaxed),
        )
    }

    pub(crate) fn authorize(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let key = bearer_key(headers).ok_or_else(ApiError::invalid_api_key)?;
        match &self.config.api_key {
            Some(expected) if expected != key => Err(ApiError::invalid_api_key()),
            _ => Ok(()),
        }
    }

    /// A panic while the lock was held cannot leave a queue half changed.
    fn scripted(&self) -> MutexGuard<'_, VecDeque<Reply>> {
        self.scripted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
