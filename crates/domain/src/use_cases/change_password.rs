use std::sync::Arc;

use thiserror::Error;

use super::{AttemptError, Authenticated, LimitAttempts};
use crate::network::ClientNetwork;
use crate::password::{Password, PasswordAttempt, PasswordHash};
use crate::ports::{
    PasswordChange, PasswordHasher, PasswordHasherError, RepositoryError, UserRepository,
};
use crate::user::Email;

/// Why a password was not changed.
#[derive(Debug, Error)]
pub enum ChangePasswordError {
    /// The current password is another one.
    #[error("the current password is wrong")]
    WrongPassword,
    /// There were too many wrong ones.
    #[error(transparent)]
    Attempts(#[from] AttemptError),
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
    attempts: LimitAttempts,
}

impl ChangePassword {
    /// Wires the use case.
    pub fn new(
        users: Arc<dyn UserRepository>,
        hasher: Arc<dyn PasswordHasher>,
        attempts: LimitAttempts,
    ) -> Self {
        Self {
            users,
            hasher,
            attempts,
        }
    }

    /// Replaces the actor's password and ends every session of theirs but the one they act in. A
    /// wrong current password counts like one at the sign-in.
    ///
    /// # Errors
    /// [`ChangePasswordError::WrongPassword`] when the current one is another, or was replaced a
    /// moment ago; [`AttemptError::TooMany`] before it is looked at.
    pub async fn execute(
        &self,
        who: Authenticated,
        current: PasswordAttempt,
        new: Password,
        network: ClientNetwork,
    ) -> Result<(), ChangePasswordError> {
        let user = self.users.find(who.actor.id).await?;
        let email = user.ok_or(ChangePasswordError::WrongPassword)?.email;
        let attempt = self
            .attempts
            .guess_password(email.as_str(), network)
            .await?;
        let from = self.check(&email, &current).await;
        if !matches!(from, Err(ChangePasswordError::WrongPassword)) {
            // Should it stay counted, less is left for a while; that is no reason to refuse.
            drop(self.attempts.take_back(attempt).await);
        }
        let change = PasswordChange {
            user_id: who.actor.id,
            from: from?,
            to: self.hasher.hash(&new).await?,
            keep: who.session,
        };
        if self.users.change_password(&change).await? {
            Ok(())
        } else {
            Err(ChangePasswordError::WrongPassword)
        }
    }

    /// The hash of the current password.
    async fn check(
        &self,
        email: &Email,
        current: &PasswordAttempt,
    ) -> Result<PasswordHash, ChangePasswordError> {
        let known = self.users.find_credentials(email).await?;
        let hash = known.map(|known| known.password_hash);
        let matches = self.hasher.verify(current, hash.clone()).await?;
        hash.filter(|_| matches)
            .ok_or(ChangePasswordError::WrongPassword)
    }
}
