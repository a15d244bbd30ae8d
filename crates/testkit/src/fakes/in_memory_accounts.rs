mod sessions;

use std::sync::Mutex;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::ids::UserId;
use domain::page::{Page, PageLimit};
use domain::ports::{
    ChangeUserError, Credentials, PasswordChange, RepositoryError, UserRepository,
};
use domain::session::RefreshSession;
use domain::user::{Email, User, UserChange, UserCursor, UserFilter};

use super::{Outage, locked};

/// Accounts and their sessions in lists.
#[derive(Debug, Default)]
pub struct InMemoryAccounts {
    state: Mutex<State>,
    outage: Outage,
}

#[derive(Debug, Default)]
struct State {
    accounts: Vec<Credentials>,
    sessions: Vec<RefreshSession>,
}

impl State {
    fn account(&mut self, id: UserId) -> Option<&mut Credentials> {
        self.accounts
            .iter_mut()
            .find(|account| account.user.id == id)
    }
}

impl InMemoryAccounts {
    /// Every account, in the order in which they were made.
    pub fn accounts(&self) -> Vec<Credentials> {
        locked(&self.state).accounts.clone()
    }

    /// Every session that goes on or was never cleaned up.
    pub fn sessions(&self) -> Vec<RefreshSession> {
        locked(&self.state).sessions.clone()
    }

    /// Changes an account, such as its role; answers whether there is one of that id.
    pub fn update(&self, id: UserId, change: impl FnOnce(&mut User)) -> bool {
        let mut state = locked(&self.state);
        let found = state.account(id);
        found.map(|account| change(&mut account.user)).is_some()
    }

    /// Deletes an account.
    pub fn remove(&self, id: UserId) {
        let mut state = locked(&self.state);
        state.accounts.retain(|account| account.user.id != id);
        state.sessions.retain(|session| session.user_id != id);
    }

    /// Orders and ends outages of this store.
    pub fn outage(&self) -> Outage {
        self.outage.clone()
    }
}

#[async_trait]
impl UserRepository for InMemoryAccounts {
    async fn insert(&self, credentials: &Credentials) -> Result<(), RepositoryError> {
        self.outage.check()?;
        let accounts = &mut locked(&self.state).accounts;
        let new = &credentials.user;
        if accounts
            .iter()
            .any(|known| known.user.id == new.id || known.user.email == new.email)
        {
            return Err(RepositoryError::Conflict);
        }
        accounts.push(credentials.clone());
        Ok(())
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, RepositoryError> {
        self.outage.check()?;
        let found = locked(&self.state).account(id).cloned();
        Ok(found.map(|account| account.user))
    }

    async fn find_credentials(
        &self,
        email: &Email,
    ) -> Result<Option<Credentials>, RepositoryError> {
        self.outage.check()?;
        let accounts = &locked(&self.state).accounts;
        let found = accounts.iter().find(|account| account.user.email == *email);
        Ok(found.cloned())
    }

    async fn list(
        &self,
        filter: UserFilter,
        after: Option<UserCursor>,
        limit: PageLimit,
    ) -> Result<Page<User, UserCursor>, RepositoryError> {
        self.outage.check()?;
        let place = |cursor: UserCursor| (cursor.created_at, cursor.id);
        let mut users: Vec<User> = locked(&self.state)
            .accounts
            .iter()
            .map(|account| account.user.clone())
            .filter(|user| {
                filter
                    .email
                    .as_ref()
                    .is_none_or(|email| user.email == *email)
            })
            .filter(|user| filter.role.is_none_or(|role| user.role == role))
            .filter(|user| {
                filter
                    .disabled
                    .is_none_or(|disabled| user.disabled_at.is_some() == disabled)
            })
            .filter(|user| after.is_none_or(|after| place(user.into()) < place(after)))
            .collect();
        users.sort_by_key(|user| std::cmp::Reverse(place(user.into())));
        users.truncate(limit.get() + 1);
        Ok(Page::from_surplus(users, limit, |user| user.into()))
    }

    async fn change(
        &self,
        id: UserId,
        change: UserChange,
        at: DateTime<Utc>,
    ) -> Result<User, ChangeUserError> {
        self.outage.check()?;
        let mut state = locked(&self.state);
        let other_admins = state
            .accounts
            .iter()
            .any(|account| account.user.id != id && account.user.is_active_admin());
        let account = state.account(id).ok_or(ChangeUserError::NotFound)?;
        account.user.apply(change, other_admins, at)?;
        let user = account.user.clone();
        if user.disabled_at.is_some() {
            state.sessions.retain(|session| session.user_id != id);
        }
        Ok(user)
    }

    async fn change_password(&self, change: &PasswordChange) -> Result<bool, RepositoryError> {
        self.outage.check()?;
        let mut state = locked(&self.state);
        let account = state.account(change.user_id);
        let Some(account) = account.filter(|account| account.password_hash == change.from) else {
            return Ok(false);
        };
        account.password_hash = change.to.clone();
        state
            .sessions
            .retain(|session| session.user_id != change.user_id || session.id == change.keep);
        Ok(true)
    }
}
