//! Refusals about accounts and sessions.

use domain::ports::{PasswordHasherError, TokenError};
use domain::use_cases::{
    AttemptError, ChangePasswordError, CreateUserError, LogInError, ManageUsersError,
    RenewSessionError, SignInError, SignUpError,
};

use super::ApiError;

impl From<PasswordHasherError> for ApiError {
    fn from(error: PasswordHasherError) -> Self {
        match error {
            PasswordHasherError::Busy => Self::Busy,
            PasswordHasherError::Failed(cause) => Self::Internal(cause),
        }
    }
}

impl From<CreateUserError> for ApiError {
    fn from(error: CreateUserError) -> Self {
        match error {
            CreateUserError::EmailTaken => Self::EmailTaken,
            CreateUserError::Hasher(error) => error.into(),
            CreateUserError::Repository(error) => error.into(),
        }
    }
}

impl From<LogInError> for ApiError {
    fn from(error: LogInError) -> Self {
        match error {
            LogInError::WrongCredentials => Self::WrongCredentials,
            LogInError::Hasher(error) => error.into(),
            LogInError::Token(error) => error.into(),
            LogInError::NoToken(cause) => Self::Internal(cause),
            LogInError::Repository(error) => error.into(),
        }
    }
}

/// A token could not be signed.
impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        match error {
            error @ (TokenError::Invalid | TokenError::Failed(_)) => Self::Internal(error.into()),
        }
    }
}

impl From<AttemptError> for ApiError {
    fn from(error: AttemptError) -> Self {
        match error {
            AttemptError::TooMany(levels) => Self::TooManyAttempts(levels),
            AttemptError::Repository(error) => error.into(),
        }
    }
}

impl From<SignInError> for ApiError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Attempts(error) => error.into(),
            SignInError::LogIn(error) => error.into(),
        }
    }
}

impl From<SignUpError> for ApiError {
    fn from(error: SignUpError) -> Self {
        match error {
            SignUpError::Attempts(error) => error.into(),
            SignUpError::CreateUser(error) => error.into(),
        }
    }
}

impl From<RenewSessionError> for ApiError {
    fn from(error: RenewSessionError) -> Self {
        match error {
            RenewSessionError::Invalid => Self::InvalidRefreshToken,
            RenewSessionError::Token(error) => error.into(),
            RenewSessionError::NoToken(cause) => Self::Internal(cause),
            RenewSessionError::Repository(error) => error.into(),
        }
    }
}

impl From<ChangePasswordError> for ApiError {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::WrongPassword => Self::WrongPassword,
            ChangePasswordError::Attempts(error) => error.into(),
            ChangePasswordError::Hasher(error) => error.into(),
            ChangePasswordError::Repository(error) => error.into(),
        }
    }
}

impl From<ManageUsersError> for ApiError {
    fn from(error: ManageUsersError) -> Self {
        match error {
            ManageUsersError::Forbidden => Self::Forbidden("only admins manage accounts"),
            ManageUsersError::NotFound => Self::NotFound,
            ManageUsersError::LastAdmin(_) => Self::LastAdmin,
            ManageUsersError::Repository(error) => error.into(),
        }
    }
}
