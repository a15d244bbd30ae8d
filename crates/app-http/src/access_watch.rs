//! Watches that people who read a stream may still do so: a request's rights are checked when it
//! comes, and a stream may go on for minutes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::ids::SessionId;
use domain::ports::RepositoryError;
use domain::use_cases::{Authenticated, CheckAccess, Reader};
use domain::user::Actor;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// How often it looks.
const PERIOD: Duration = Duration::from_secs(2);
/// How many sessions it asks about at a time.
const BATCH: usize = 1_000;

/// Who reads streams of this process. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct AccessWatch {
    sessions: Arc<Mutex<HashMap<SessionId, Watched>>>,
}

/// A session by which somebody reads.
#[derive(Default)]
struct Watched {
    standing: watch::Sender<Standing>,
    /// How many streams were opened by it.
    admissions: u64,
}

/// What is known of a session since the first of its streams was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Standing {
    /// Nobody has looked yet.
    #[default]
    Unknown,
    /// It goes on, with these rights.
    Good(Actor),
    /// It is over.
    Over,
}

impl Standing {
    fn ends(self, reader: Reader) -> bool {
        match self {
            Self::Unknown => false,
            Self::Good(actor) => !reader.may_go_on(Some(actor)),
            Self::Over => !reader.may_go_on(None),
        }
    }
}

impl AccessWatch {
    /// Resolves when somebody who was let in just now should see no more. One watch serves all
    /// streams of a session.
    pub(crate) fn lost(&self, reader: Reader) -> impl Future<Output = ()> + use<> {
        let mut standing = {
            let mut sessions = self.locked();
            let watched = sessions.entry(reader.session).or_default();
            watched.admissions += 1;
            let standing = &watched.standing;
            // Whoever was let in has got rights back since the last look.
            standing.send_if_modified(|standing| {
                let is_outdated = standing.ends(reader);
                if is_outdated {
                    *standing = Standing::Unknown;
                }
                is_outdated
            });
            standing.subscribe()
        };
        async move {
            let ended = standing.wait_for(|standing| standing.ends(reader)).await;
            if ended.is_err() {
                // The watch ends with the server only, which tells readers itself.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Looks regularly until `stop`, with one query for a thousand sessions.
    pub(crate) async fn run(self, check: CheckAccess, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let watching = async {
            loop {
                ticks.tick().await;
                self.look(&check).await;
            }
        };
        stop.run_until_cancelled(watching).await;
    }

    /// Nobody is sent away since the database is.
    async fn look(&self, check: &CheckAccess) {
        for present in self.present().chunks(BATCH) {
            let ids: Vec<SessionId> = present.iter().map(|(id, _)| *id).collect();
            match check.execute(&ids).await {
                Ok(found) => self.tell(present, &found),
                Err(error @ RepositoryError::Unavailable(_)) => {
                    tracing::debug!(%error, "readers' rights are looked at later");
                    return;
                }
                Err(error) => tracing::warn!(%error, "readers' rights cannot be looked at"),
            }
        }
    }

    /// Forgets sessions that nobody reads by any more, and names the others, each with how many
    /// streams it opened so far.
    fn present(&self) -> Vec<(SessionId, u64)> {
        let mut sessions = self.locked();
        sessions.retain(|_, watched| watched.standing.receiver_count() > 0);
        let sessions = sessions.iter();
        sessions
            .map(|(id, watched)| (*id, watched.admissions))
            .collect()
    }

    /// What was found while somebody was let in says nothing about them: the next look does.
    fn tell(&self, present: &[(SessionId, u64)], found: &[Authenticated]) {
        let found: HashMap<SessionId, Actor> = found
            .iter()
            .map(|found| (found.session, found.actor))
            .collect();
        let sessions = self.locked();
        for (id, admissions) in present {
            let found = found
                .get(id)
                .map_or(Standing::Over, |actor| Standing::Good(*actor));
            let watched = sessions.get(id);
            if let Some(watched) = watched.filter(|watched| watched.admissions == *admissions) {
                watched.standing.send_if_modified(|standing| {
                    let changed = *standing != found;
                    *standing = found;
                    changed
                });
            }
        }
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<SessionId, Watched>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
