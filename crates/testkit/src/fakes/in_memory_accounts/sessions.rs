use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::ids::SessionId;
use domain::password::PasswordHash;
use domain::ports::{RepositoryError, Rotated, Rotation, SessionRepository};
use domain::session::RefreshSession;
use domain::user::User;

use super::{InMemoryAccounts, State, locked};

impl State {
    /// The user of a session that lasts, if the account is enabled.
    fn user_of(&mut self, session: &RefreshSession, at: DateTime<Utc>) -> Option<User> {
        let account = self.account(session.user_id)?;
        let user = Some(account.user.clone()).filter(|user| user.disabled_at.is_none());
        user.filter(|_| at < session.expires_at)
    }

    fn end(&mut self, id: SessionId) {
        self.sessions.retain(|session| session.id != id);
    }
}

#[async_trait]
impl SessionRepository for InMemoryAccounts {
    async fn begin(
        &self,
        session: &RefreshSession,
        password: &PasswordHash,
    ) -> Result<bool, RepositoryError> {
        self.outage.check()?;
        let mut state = locked(&self.state);
        let family = session.token.family;
        if state
            .sessions
            .iter()
            .any(|known| known.id == session.id || known.token.family == family)
        {
            return Err(RepositoryError::Conflict);
        }
        let account = state.account(session.user_id);
        let may = account.is_some_and(|account| {
            account.user.disabled_at.is_none() && account.password_hash == *password
        });
        if may {
            state.sessions.push(session.clone());
        }
        Ok(may)
    }

    async fn find_user(
        &self,
        id: SessionId,
        at: DateTime<Utc>,
    ) -> Result<Option<User>, RepositoryError> {
        self.outage.check()?;
        let mut state = locked(&self.state);
        let session = state.sessions.iter().find(|session| session.id == id);
        let session = session.cloned();
        Ok(session.and_then(|session| state.user_of(&session, at)))
    }

    async fn find_users(
        &self,
        ids: &[SessionId],
        at: DateTime<Utc>,
    ) -> Result<Vec<(SessionId, User)>, RepositoryError> {
        self.outage.check()?;
        let mut state = locked(&self.state);
        let mut sessions = state.sessions.clone();
        sessions.retain(|session| ids.contains(&session.id));
        let found = sessions
            .iter()
            .filter_map(|session| Some((session.id, state.user_of(session, at)?)));
        Ok(found.collect())
    }

    async fn rotate(&self, rotation: Rotation) -> Result<Rotated, RepositoryError> {
        self.outage.check()?;
        let mut state = locked(&self.state);
        let family = rotation.token.family;
        let of_family = |session: &&mut RefreshSession| session.token.family == family;
        let Some(session) = state.sessions.iter_mut().find(of_family) else {
            return Ok(Rotated::Unknown);
        };
        let before = session.clone();
        session.token.generation = rotation.successor;
        session.expires_at = rotation.at + RefreshSession::LIFETIME;
        let user = state.user_of(&before, rotation.at);
        Ok(match user {
            Some(user) if before.token == rotation.token => Rotated::Renewed(before.id, user),
            Some(_) => {
                state.end(before.id);
                Rotated::Reused
            }
            None => {
                state.end(before.id);
                Rotated::Unknown
            }
        })
    }

    async fn end(&self, id: SessionId) -> Result<(), RepositoryError> {
        self.outage.check()?;
        locked(&self.state).end(id);
        Ok(())
    }

    async fn remove_expired(&self, at: DateTime<Utc>, max: u32) -> Result<u64, RepositoryError> {
        self.outage.check()?;
        let mut state = locked(&self.state);
        let mut removed = 0;
        state.sessions.retain(|session| {
            let goes = session.expires_at <= at && removed < u64::from(max);
            removed += u64::from(goes);
            !goes
        });
        Ok(removed)
    }
}
