use thiserror::Error;

use super::{AttemptError, LimitAttempts, LogIn, LogInError, TokenPair};
use crate::network::ClientNetwork;
use crate::password::PasswordAttempt;

/// Why a client was not signed in.
#[derive(Debug, Error)]
pub enum SignInError {
    /// There were too many wrong passwords.
    #[error(transparent)]
    Attempts(#[from] AttemptError),
    /// The password was looked at.
    #[error(transparent)]
    LogIn(#[from] LogInError),
}

/// Signs a client in, within the limits for wrong passwords.
pub struct SignIn {
    log_in: LogIn,
    attempts: LimitAttempts,
}

impl SignIn {
    /// Wires the use case.
    pub fn new(log_in: LogIn, attempts: LimitAttempts) -> Self {
        Self { log_in, attempts }
    }

    /// Signs in like [`LogIn`]. A right password costs nothing, nor does one that could not be
    /// checked.
    ///
    /// # Errors
    /// [`AttemptError::TooMany`] before a password is looked at; else what [`LogIn`] says.
    pub async fn execute(
        &self,
        email: &str,
        password: PasswordAttempt,
        network: ClientNetwork,
    ) -> Result<TokenPair, SignInError> {
        let attempt = self.attempts.guess_password(email, network).await?;
        let outcome = self.log_in.execute(email, password).await;
        if !matches!(outcome, Err(LogInError::WrongCredentials)) {
            // Should it stay counted, less is left for a while; that is no reason to refuse.
            drop(self.attempts.take_back(attempt).await);
        }
        Ok(outcome?)
    }
}
