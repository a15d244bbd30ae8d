use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use actix_web::http::header::HeaderMap;

use crate::{
    config::Config,
    error::ApiError,
    identity::Identity,
    journal::{Journal, bearer_key},
    limits::Limiter,
    playlist::Playlist,
    reply::{Reply, ScriptedReply},
};

/// What the handlers and the [`Simulator`](crate::Simulator) share.
pub(crate) struct State {
    pub(crate) config: Config,
    pub(crate) journal: Arc<Journal>,
    pub(crate) limiter: Limiter,
    playlist: Mutex<Playlist>,
    requests: AtomicU64,
}

impl State {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            journal: Arc::new(Journal::new(config.journal_capacity)),
            limiter: Limiter::new(config.rate_limits),
            config,
            playlist: Mutex::default(),
            requests: AtomicU64::new(0),
        }
    }

    /// Adds to the replies that were scripted already, all of them or none in between.
    pub(crate) fn script(&self, replies: impl IntoIterator<Item = ScriptedReply>) {
        let mut playlist = self.playlist();
        for scripted in replies {
            playlist.add(scripted);
        }
    }

    /// The scripted reply to the next request, or the usual one. `own` is what the request itself
    /// asks for.
    pub(crate) fn next_reply(&self, own: Option<Reply>) -> Reply {
        self.playlist().next(own, &self.config.replies)
    }

    pub(crate) fn reset(&self) {
        *self.playlist() = Playlist::default();
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

    /// A panic while the lock was held cannot leave a playlist half changed.
    fn playlist(&self) -> MutexGuard<'_, Playlist> {
        self.playlist.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
