use thiserror::Error;

use super::{AttemptError, CreateUser, CreateUserError, LimitAttempts};
use crate::network::ClientNetwork;
use crate::password::Password;
use crate::user::{Email, Role, User};

/// Why a client got no account.
#[derive(Debug, Error)]
pub enum SignUpError {
    /// There were too many sign-ups.
    #[error(transparent)]
    Attempts(#[from] AttemptError),
    /// No account could be made.
    #[error(transparent)]
    CreateUser(#[from] CreateUserError),
}

/// Makes a customer's account for a stranger, within the limits for sign-ups.
pub struct SignUp {
    create_user: CreateUser,
    attempts: LimitAttempts,
}

impl SignUp {
    /// Wires the use case.
    pub fn new(create_user: CreateUser, attempts: LimitAttempts) -> Self {
        Self {
            create_user,
            attempts,
        }
    }

    /// Makes the account.
    ///
    /// # Errors
    /// [`AttemptError::TooMany`] before anything is done; else what [`CreateUser`] says.
    pub async fn execute(
        &self,
        email: Email,
        password: Password,
        network: ClientNetwork,
    ) -> Result<User, SignUpError> {
        self.attempts.sign_up(network).await?;
        let user = self.create_user.execute(email, password, Role::User);
        Ok(user.await?)
    }
}
