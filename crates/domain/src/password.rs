//! Passwords, typed so that they cannot be printed by accident.

mod common;

use std::fmt;

use thiserror::Error;

/// A password that may become somebody's: 8 to 128 characters of any kind, used verbatim, and not
/// one of those that are tried first.
#[derive(Clone)]
pub struct Password(String);

/// Why a new password was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// Fewer than [`Password::MIN_CHARS`].
    #[error("must be at least {} characters long", Password::MIN_CHARS)]
    TooShort,
    /// More than [`Password::MAX_CHARS`].
    #[error("must be at most {} characters long", Password::MAX_CHARS)]
    TooLong,
    /// Many people chose the same, so that it is guessed soon.
    #[error("must not be one of the most common passwords")]
    TooCommon,
}

impl Password {
    /// The least length in characters (NIST SP 800-63B, section 5.1.1.2).
    pub const MIN_CHARS: usize = 8;
    /// The greatest length in characters.
    pub const MAX_CHARS: usize = 128;

    /// Accepts any characters; there are no composition rules.
    ///
    /// # Errors
    /// [`PasswordError`] when too short, too long or too common.
    pub fn parse(raw: impl Into<String>) -> Result<Self, PasswordError> {
        let raw = raw.into();
        match raw.chars().take(Self::MAX_CHARS + 1).count() {
            0..Self::MIN_CHARS => Err(PasswordError::TooShort),
            Self::MIN_CHARS..=Self::MAX_CHARS if common::is_common(&raw) => {
                Err(PasswordError::TooCommon)
            }
            Self::MIN_CHARS..=Self::MAX_CHARS => Ok(Self(raw)),
            _ => Err(PasswordError::TooLong),
        }
    }

    /// The characters, for hashing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Whatever somebody typed to sign in. It is not checked for length: a wrong password is wrong
/// for one reason only.
#[derive(Clone)]
pub struct PasswordAttempt(String);

impl PasswordAttempt {
    /// Takes the characters verbatim.
    pub fn new(raw: impl Into<String>) -> Self {
        Self(raw.into())
    }

    /// The characters, for checking.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordAttempt(…)")
    }
}

/// A hashed password in the hasher's own notation.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps what a [`PasswordHasher`](crate::ports::PasswordHasher) made.
    pub fn new(hash: impl Into<String>) -> Self {
        Self(hash.into())
    }

    /// The hash, for storing and checking.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters() {
        assert!(matches!(
            Password::parse("ä".repeat(7)),
            Err(PasswordError::TooShort)
        ));
        assert!(Password::parse("ä".repeat(8)).is_ok());
        assert!(Password::parse("ä".repeat(128)).is_ok());
        assert!(matches!(
            Password::parse("ä".repeat(129)),
            Err(PasswordError::TooLong)
        ));
    }

    #[test]
    fn common_passwords_are_refused_in_whatever_case() {
        for raw in [
            "password",
            "PassWord1",
            "1234567890",
            "qwertyuiop",
            "iloveyou",
        ] {
            let refusal = Password::parse(raw);
            assert!(matches!(refusal, Err(PasswordError::TooCommon)), "{raw}");
        }
        assert!(Password::parse("correct horse battery").is_ok());
        assert!(Password::parse(" password ").is_ok());
    }

    #[test]
    fn debug_output_hides_the_characters() {
        let shown = format!(
            "{:?} {:?} {:?}",
            Password::parse("correct horse"),
            PasswordAttempt::new("correct horse"),
            PasswordHash::new("correct horse")
        );
        assert!(!shown.contains("horse"));
    }
}
