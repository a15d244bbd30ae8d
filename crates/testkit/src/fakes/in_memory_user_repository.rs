use std::sync::Mutex;

use async_trait::async_trait;
use domain::ids::UserId;
use domain::ports::{Credentials, RepositoryError, UserRepository};
use domain::user::{Email, User};

use super::{Outage, locked};

/// Accounts in a list.
#[derive(Debug, Default)]
pub struct InMemoryUserRepository {
    accounts: Mutex<Vec<Credentials>>,
    outage: Outage,
}

impl InMemoryUserRepository {
    /// Every account, in the order in which they were made.
    pub fn accounts(&self) -> Vec<Credentials> {
        locked(&self.accounts).clone()
    }

    /// Changes an account, such as its role; answers whether there is one of that id.
    pub fn update(&self, id: UserId, change: impl FnOnce(&mut User)) -> bool {
        let mut accounts = locked(&self.accounts);
        let found = accounts.iter_mut().find(|account| account.user.id == id);
        found.map(|account| change(&mut account.user)).is_some()
    }

    /// Deletes an account.
    pub fn remove(&self, id: UserId) {
        locked(&self.accounts).retain(|account| account.user.id != id);
    }

    /// Orders and ends outages of this store.
    pub fn outage(&self) -> Outage {
        self.outage.clone()
    }
}

#[async_trait]
impl UserRepository for InMemoryUserRepository {
    async fn insert(&self, credentials: &Credentials) -> Result<(), RepositoryError> {
        self.outage.check()?;
        let mut accounts = locked(&self.accounts);
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
        let accounts = locked(&self.accounts);
        let found = accounts.iter().find(|account| account.user.id == id);
        Ok(found.map(|account| account.user.clone()))
    }

    async fn find_credentials(
        &self,
        email: &Email,
    ) -> Result<Option<Credentials>, RepositoryError> {
        self.outage.check()?;
        let accounts = locked(&self.accounts);
        let found = accounts.iter().find(|account| account.user.email == *email);
        Ok(found.cloned())
    }
}
