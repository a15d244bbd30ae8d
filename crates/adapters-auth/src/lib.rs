//! Proves who people are: passwords hashed with bcrypt, access tokens signed as JWTs, random tokens
//! known by their SHA-256.
//!
//! It knows the ports it implements and the algorithms behind them. It must not know where
//! hashes, keys or tokens are kept, nor how they travel.

#![deny(missing_docs)]

mod bcrypt_password_hasher;
mod jwt_access_tokens;
mod random_opaque_tokens;
mod secret;
mod workers;

pub use self::bcrypt_password_hasher::BcryptPasswordHasher;
pub use self::jwt_access_tokens::JwtAccessTokens;
pub use self::random_opaque_tokens::RandomOpaqueTokens;
pub use self::secret::{SecretError, generate_secret};
