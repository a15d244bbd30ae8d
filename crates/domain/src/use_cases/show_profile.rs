use std::sync::Arc;

use crate::ports::{RepositoryError, UserRepository};
use crate::user::{Actor, User};

/// Shows people their own account.
pub struct ShowProfile {
    users: Arc<dyn UserRepository>,
}

impl ShowProfile {
    /// Wires the use case.
    pub fn new(users: Arc<dyn UserRepository>) -> Self {
        Self { users }
    }

    /// The actor's account; none if it was deleted a moment ago.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    pub async fn execute(&self, actor: Actor) -> Result<Option<User>, RepositoryError> {
        self.users.find(actor.id).await
    }
}
