use std::sync::Arc;

use thiserror::Error;

use crate::ids::SessionId;
use crate::password::{Password, PasswordAttempt};
use crate::ports::{
    PasswordChange, PasswordHasher, PasswordHasherError, RepositoryError, UserRepository,
};
use crate::user::Actor;

/// Why a password was not changed.
#[derive(Debug, Error)]
pub enum ChangePasswordError {
    /// The current password is another one.
    #[error("the current password is wrong")]
    WrongPassword,
    /// The passwords could not be checked or hashed.
    #[error(transparent)]
    Hasher(#[from] PasswordHasherError),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Replaces a person's password.
pub struct ChangePassword {
    users: Arc<dyn UserRepository>,
    hasher: Arc<dyn PasswordHasher>,
}

impl ChangePassword {
    /// Wires the use case.
    pub fn new(users: Arc<dyn UserRepository>, hasher: Arc<dyn PasswordHasher>) -> Self {
        Self { users, hasher }
    }

    /// Replaces the actor's password and ends every session of theirs but the one they act in.
    ///
    /// # Errors
    /// [`ChangePasswordError::WrongPassword`] when the current one is another, or was replaced a
    /// moment ago.
    pub async fn execute(
        &self,
        actor: Actor,
        session: SessionId,
        current: PasswordAttempt,
        new: Password,
    ) -> Result<(), ChangePasswordError> {
        let known = match self.users.find(actor.id).await? {
            Some(user) => self.users.find_credentials(&user.email).await?,
            None => None,
        };
        let hash = known.map(|known| known.password_hash);
        if !self.hasher.verify(&current, hash.clone()).await? {
            return Err(ChangePasswordError::WrongPassword);
        }
        let from = hash.ok_or(ChangePasswordError::WrongPassword)?;
        let change = PasswordChange {
            user_id: actor.id,
            from,
            to: self.hasher.hash(&new).await?,
            keep: session,
        };
        if self.users.change_password(&change).await? {
            Ok(())
        } else {
            Err(ChangePasswordError::WrongPassword)
        }
    }
}
