use std::sync::Arc;

use crate::ids::SessionId;
use crate::ports::{RepositoryError, SessionRepository};

/// Signs a person out of one session: its tokens let nobody in any more.
pub struct LogOut {
    sessions: Arc<dyn SessionRepository>,
}

impl LogOut {
    /// Wires the use case.
    pub fn new(sessions: Arc<dyn SessionRepository>) -> Self {
        Self { sessions }
    }

    /// Ends the session.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    pub async fn execute(&self, session: SessionId) -> Result<(), RepositoryError> {
        self.sessions.end(session).await
    }
}
