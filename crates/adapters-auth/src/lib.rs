//! Proves who people are: passwords hashed with bcrypt, access tokens signed as JWTs.
//!
//! It knows the two ports it implements and the algorithms behind them. It must not know where
//! hashes, keys or tokens are kept, nor how they travel.

#![deny(missing_docs)]

mod bcrypt_password_hasher;
mod jwt_access_tokens;
mod secret;
mod workers;

pub use self::bcrypt_password_hasher::BcryptPasswordHasher;
pub use self::jwt_access_tokens::JwtAccessTokens;
pub use self::secret::{SecretError, generate_secret};
