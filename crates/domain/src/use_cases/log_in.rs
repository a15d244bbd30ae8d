use std::sync::Arc;

use thiserror::Error;

use crate::ids::SessionId;
use crate::password::PasswordAttempt;
use crate::ports::{
    AccessToken, AccessTokens, BoxError, Clock, IdGenerator, OpaqueTokens, PasswordHasher,
    PasswordHasherError, RepositoryError, SessionRepository, TokenError, UserRepository,
};
use crate::session::{RefreshSession, RefreshToken, RefreshTokenDigest};
use crate::user::{Actor, Email};

/// Why nobody was signed in.
#[derive(Debug, Error)]
pub enum LogInError {
    /// No such account, a disabled one or a wrong password: callers cannot tell which.
    #[error("wrong e-mail address or password")]
    WrongCredentials,
    /// The password could not be checked.
    #[error(transparent)]
    Hasher(#[from] PasswordHasherError),
    /// No access token could be signed.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// No refresh token could be made.
    #[error("no random token could be made")]
    NoToken(#[source] BoxError),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// What signing in gives, and every renewal of it.
#[derive(Clone, Debug)]
pub struct TokenPair {
    /// Proves who is acting.
    pub access_token: AccessToken,
    /// Gives the next pair, once.
    pub refresh_token: RefreshToken,
}

/// What [`LogIn`] works with.
pub struct LogInParts {
    /// Accounts.
    pub users: Arc<dyn UserRepository>,
    /// Sessions.
    pub sessions: Arc<dyn SessionRepository>,
    /// Checks passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Signs access tokens.
    pub tokens: Arc<dyn AccessTokens>,
    /// Makes refresh tokens.
    pub opaque_tokens: Arc<dyn OpaqueTokens>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Names sessions.
    pub ids: Arc<dyn IdGenerator>,
}

/// Signs a person in by e-mail address and password.
pub struct LogIn {
    parts: LogInParts,
}

impl LogIn {
    /// Wires the use case.
    pub fn new(parts: LogInParts) -> Self {
        Self { parts }
    }

    /// Checks the password and begins a session. Text that is no address is an unknown account, and
    /// the same work is done for it.
    ///
    /// # Errors
    /// [`LogInError::WrongCredentials`] whatever is wrong with them.
    pub async fn execute(
        &self,
        email: &str,
        password: PasswordAttempt,
    ) -> Result<TokenPair, LogInError> {
        let credentials = match Email::parse(email) {
            Ok(email) => self.parts.users.find_credentials(&email).await?,
            Err(_) => None,
        };
        let hash = credentials
            .as_ref()
            .map(|known| known.password_hash.clone());
        let matches = self.parts.hasher.verify(&password, hash).await?;
        let known = credentials
            .filter(|known| matches && known.user.disabled_at.is_none())
            .ok_or(LogInError::WrongCredentials)?;

        let generate = || {
            let token = self.parts.opaque_tokens.generate();
            token.map_err(LogInError::NoToken)
        };
        let (family, generation) = (generate()?, generate()?);
        let token = RefreshTokenDigest {
            family: family.digest,
            generation: generation.digest,
        };
        let now = self.parts.clock.now();
        let id = SessionId::from_uuid(self.parts.ids.generate());
        let session = RefreshSession::new(id, known.user.id, token, now);
        let actor = Actor {
            id: known.user.id,
            role: known.user.role,
        };
        let access_token = self.parts.tokens.issue(actor, id, now)?;
        // The password may have been replaced while it was checked.
        if !self
            .parts
            .sessions
            .begin(&session, &known.password_hash)
            .await?
        {
            return Err(LogInError::WrongCredentials);
        }
        Ok(TokenPair {
            access_token,
            refresh_token: RefreshToken::new(&family.secret, &generation.secret),
        })
    }
}
