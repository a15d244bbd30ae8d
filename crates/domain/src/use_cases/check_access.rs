use std::sync::Arc;

use super::Authenticated;
use crate::ids::{SessionId, UserId};
use crate::ports::{Clock, RepositoryError, SessionRepository};
use crate::user::Actor;

/// Somebody who was let in to read something for as long as it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// The session that lets them in.
    pub session: SessionId,
    /// To whom it belongs what they read.
    pub owner: UserId,
}

impl Reader {
    /// Whether they may read on, by the rights that their session has now; none when it is over.
    pub fn may_go_on(self, rights: Option<Actor>) -> bool {
        rights.is_some_and(|actor| actor.may_see(self.owner))
    }
}

/// Finds out what people may do now who came some time ago and are still here.
pub struct CheckAccess {
    sessions: Arc<dyn SessionRepository>,
    clock: Arc<dyn Clock>,
}

impl CheckAccess {
    /// Wires the use case.
    pub fn new(sessions: Arc<dyn SessionRepository>, clock: Arc<dyn Clock>) -> Self {
        Self { sessions, clock }
    }

    /// Those of these sessions that go on, with the rights their people have now.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    pub async fn execute(&self, ids: &[SessionId]) -> Result<Vec<Authenticated>, RepositoryError> {
        let users = self.sessions.find_users(ids, self.clock.now()).await?;
        let going_on = users.into_iter().map(|(session, user)| Authenticated {
            actor: Actor {
                id: user.id,
                role: user.role,
            },
            session,
        });
        Ok(going_on.collect())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::user::Role;

    #[test]
    fn whoever_may_see_it_by_a_session_that_goes_on_reads_on() {
        let [ada, bob] = [1, 2].map(|number| UserId::from_uuid(Uuid::from_u128(number)));
        let reader = Reader {
            session: SessionId::from_uuid(Uuid::from_u128(3)),
            owner: ada,
        };
        for (id, role, goes_on) in [
            (ada, Role::User, true),
            (ada, Role::Agent, true),
            (bob, Role::Admin, true),
            (bob, Role::Agent, true),
            (bob, Role::User, false),
        ] {
            assert_eq!(reader.may_go_on(Some(Actor { id, role })), goes_on);
        }
        assert!(!reader.may_go_on(None));
    }
}
