use std::sync::Arc;

use super::change_user::{ManageUsersError, ensure_admin};
use crate::page::{Page, PageLimit};
use crate::ports::UserRepository;
use crate::user::{Actor, User, UserCursor, UserFilter};

/// Lists accounts, for admins.
pub struct ListUsers {
    users: Arc<dyn UserRepository>,
}

impl ListUsers {
    /// Wires the use case.
    pub fn new(users: Arc<dyn UserRepository>) -> Self {
        Self { users }
    }

    /// A page of accounts, newest first.
    ///
    /// # Errors
    /// [`ManageUsersError::Forbidden`] for anybody but admins.
    pub async fn execute(
        &self,
        actor: Actor,
        filter: UserFilter,
        after: Option<UserCursor>,
        limit: PageLimit,
    ) -> Result<Page<User, UserCursor>, ManageUsersError> {
        ensure_admin(actor)?;
        Ok(self.users.list(filter, after, limit).await?)
    }
}
