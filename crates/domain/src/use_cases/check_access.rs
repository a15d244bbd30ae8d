use std::sync::Arc;

use crate::ids::UserId;
use crate::ports::{RepositoryError, UserRepository};
use crate::user::Actor;

/// Finds out what people may do now who came some time ago and are still here.
pub struct CheckAccess {
    users: Arc<dyn UserRepository>,
}

impl CheckAccess {
    /// Wires the use case.
    pub fn new(users: Arc<dyn UserRepository>) -> Self {
        Self { users }
    }

    /// Those of these people whose accounts work, with the rights they have now.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    pub async fn execute(&self, ids: &[UserId]) -> Result<Vec<Actor>, RepositoryError> {
        let users = self.users.find_many(ids).await?;
        let enabled = users.into_iter().filter(|user| user.disabled_at.is_none());
        Ok(enabled
            .map(|user| Actor {
                id: user.id,
                role: user.role,
            })
            .collect())
    }
}
