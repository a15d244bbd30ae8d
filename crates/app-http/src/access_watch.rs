//! Watches that people who read a stream may still do so: a request's rights are checked when it
//! comes, and a stream may go on for minutes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::ids::UserId;
use domain::use_cases::CheckAccess;
use domain::user::Actor;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// How often it looks.
const PERIOD: Duration = Duration::from_secs(2);
/// How many people it asks about at a time.
const BATCH: usize = 1_000;

/// Who reads streams of this process. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct AccessWatch {
    readers: Arc<Mutex<HashMap<UserId, watch::Sender<Standing>>>>,
}

/// What is known of a reader's rights since the stream was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Standing {
    /// Nobody has looked yet.
    #[default]
    Unknown,
    /// The account works and has these rights.
    Good(Actor),
    /// The account is disabled or gone.
    Gone,
}

impl AccessWatch {
    /// Resolves when somebody who was let in as this actor should see no more. One watch serves
    /// all streams of a person.
    pub(crate) fn lost(&self, admitted: Actor) -> impl Future<Output = ()> + use<> {
        let mut standing = self
            .locked()
            .entry(admitted.id)
            .or_insert_with(|| watch::Sender::new(Standing::Unknown))
            .subscribe();
        async move {
            let lost = |standing: &Standing| match standing {
                Standing::Unknown => false,
                // Whoever reads as staff perhaps reads what is another's.
                Standing::Good(actor) => admitted.role.is_staff() && !actor.role.is_staff(),
                Standing::Gone => true,
            };
            if standing.wait_for(lost).await.is_err() {
                // The watch ends with the server only, which tells readers itself.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Looks regularly until `stop`, with one query for a thousand readers.
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

    async fn look(&self, check: &CheckAccess) {
        let ids = self.present();
        for ids in ids.chunks(BATCH) {
            match check.execute(ids).await {
                Ok(actors) => self.tell(ids, &actors),
                // Nobody is sent away since the database is.
                Err(error) => tracing::debug!(%error, "readers' rights are looked at later"),
            }
        }
    }

    /// Forgets who reads no more, and names the others.
    fn present(&self) -> Vec<UserId> {
        let mut readers = self.locked();
        readers.retain(|_, standing| standing.receiver_count() > 0);
        readers.keys().copied().collect()
    }

    fn tell(&self, ids: &[UserId], actors: &[Actor]) {
        let actors: HashMap<UserId, Actor> =
            actors.iter().map(|actor| (actor.id, *actor)).collect();
        let readers = self.locked();
        for id in ids {
            let found = actors
                .get(id)
                .map_or(Standing::Gone, |actor| Standing::Good(*actor));
            if let Some(standing) = readers.get(id) {
                standing.send_if_modified(|standing| {
                    let changed = *standing != found;
                    *standing = found;
                    changed
                });
            }
        }
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<UserId, watch::Sender<Standing>>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use domain::user::Role;
    use futures_util::FutureExt as _;
    use uuid::Uuid;

    use super::*;

    fn actor(number: u128, role: Role) -> Actor {
        Actor {
            id: UserId::from_uuid(Uuid::from_u128(number)),
            role,
        }
    }

    #[test]
    fn those_lose_access_who_are_gone_or_staff_no_more() {
        let (user, agent) = (actor(1, Role::User), actor(2, Role::Agent));
        for (admitted, now, is_lost) in [
            (user, Some(Role::User), false),
            (user, Some(Role::Admin), false),
            (user, None, true),
            (agent, Some(Role::Admin), false),
            (agent, Some(Role::User), true),
            (agent, None, true),
        ] {
            let watch = AccessWatch::default();
            let mut lost = Box::pin(watch.lost(admitted));
            assert!(lost.as_mut().now_or_never().is_none());
            let found: Vec<Actor> = now
                .map(|role| Actor { role, ..admitted })
                .into_iter()
                .collect();
            watch.tell(&[admitted.id], &found);
            assert_eq!(lost.as_mut().now_or_never().is_some(), is_lost, "{now:?}");
        }
    }

    #[test]
    fn whoever_reads_no_more_is_not_asked_about() {
        let watch = AccessWatch::default();
        let (first, second) = (actor(1, Role::User), actor(2, Role::User));
        let leaving = watch.lost(first);
        let _staying = watch.lost(second);
        assert_eq!(watch.present().len(), 2);
        drop(leaving);
        assert_eq!(watch.present(), [second.id]);
    }
}
