use std::sync::Arc;

use thiserror::Error;

use crate::ids::UserId;
use crate::ports::{ChangeUserError, Clock, RepositoryError, UserRepository};
use crate::user::{Actor, LastAdmin, User, UserChange};

/// Why accounts were not shown or changed.
#[derive(Debug, Error)]
pub enum ManageUsersError {
    /// Only admins manage accounts.
    #[error("only admins manage accounts")]
    Forbidden,
    /// There is no such account.
    #[error("there is no such account")]
    NotFound,
    /// Somebody must be left who can manage accounts.
    #[error(transparent)]
    LastAdmin(#[from] LastAdmin),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl From<ChangeUserError> for ManageUsersError {
    fn from(error: ChangeUserError) -> Self {
        match error {
            ChangeUserError::NotFound => Self::NotFound,
            ChangeUserError::LastAdmin(refusal) => Self::LastAdmin(refusal),
            ChangeUserError::Repository(error) => Self::Repository(error),
        }
    }
}

/// Lets admins pass.
pub(super) fn ensure_admin(actor: Actor) -> Result<(), ManageUsersError> {
    if actor.role.is_admin() {
        Ok(())
    } else {
        Err(ManageUsersError::Forbidden)
    }
}

/// Changes accounts, for admins. What was changed holds for the very next request.
pub struct ChangeUser {
    users: Arc<dyn UserRepository>,
    clock: Arc<dyn Clock>,
}

impl ChangeUser {
    /// Wires the use case.
    pub fn new(users: Arc<dyn UserRepository>, clock: Arc<dyn Clock>) -> Self {
        Self { users, clock }
    }

    /// Changes the account.
    ///
    /// # Errors
    /// [`ManageUsersError`] for anybody but admins, an unknown account, and when no admin would be
    /// left.
    pub async fn execute(
        &self,
        actor: Actor,
        id: UserId,
        change: UserChange,
    ) -> Result<User, ManageUsersError> {
        ensure_admin(actor)?;
        Ok(self.users.change(id, change, self.clock.now()).await?)
    }
}
