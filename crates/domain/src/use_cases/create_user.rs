use std::sync::Arc;

use thiserror::Error;

use crate::ids::UserId;
use crate::password::Password;
use crate::ports::{
    Clock, Credentials, IdGenerator, PasswordHasher, PasswordHasherError, RepositoryError,
    UserRepository,
};
use crate::user::{Email, Role, User};

/// Why no account was made.
#[derive(Debug, Error)]
pub enum CreateUserError {
    /// The address has an account already.
    #[error("that e-mail address has an account already")]
    EmailTaken,
    /// The password could not be hashed.
    #[error(transparent)]
    Hasher(#[from] PasswordHasherError),
    /// The store failed.
    #[error(transparent)]
    Repository(RepositoryError),
}

/// Makes an account. Whoever calls it decides which role may be given: customers who sign up get
/// [`Role::User`] only.
pub struct CreateUser {
    users: Arc<dyn UserRepository>,
    hasher: Arc<dyn PasswordHasher>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
}

impl CreateUser {
    /// Wires the use case.
    pub fn new(
        users: Arc<dyn UserRepository>,
        hasher: Arc<dyn PasswordHasher>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGenerator>,
    ) -> Self {
        Self {
            users,
            hasher,
            clock,
            ids,
        }
    }

    /// Makes the account.
    ///
    /// # Errors
    /// [`CreateUserError::EmailTaken`] when the address has one already.
    pub async fn execute(
        &self,
        email: Email,
        password: Password,
        role: Role,
    ) -> Result<User, CreateUserError> {
        let password_hash = self.hasher.hash(&password).await?;
        let user = User {
            id: UserId::from_uuid(self.ids.generate()),
            email,
            role,
            created_at: self.clock.now(),
            disabled_at: None,
        };
        let credentials = Credentials {
            user,
            password_hash,
        };
        self.users
            .insert(&credentials)
            .await
            .map_err(|error| match error {
                RepositoryError::Conflict => CreateUserError::EmailTaken,
                other => CreateUserError::Repository(other),
            })?;
        Ok(credentials.user)
    }
}
