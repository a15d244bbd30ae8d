use std::fmt;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use domain::ids::{SessionId, UserId};
use domain::ports::{AccessToken, AccessTokens, TokenError, TokenProof};
use domain::user::Actor;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::secret::random_text;

/// Who issues the tokens, and who is meant to accept them.
const ISSUER: &str = "support-assistant";
const AUDIENCE: &str = "support-assistant";

/// Tells access tokens from other JWTs that the same key may come to sign (RFC 9068, section 2.1).
const TOKEN_TYPE: &str = "at+jwt";

/// A replica whose clock lags a little sees tokens from the future.
const CLOCK_SKEW_SECONDS: i64 = 5;

/// Signs access tokens as JWTs with HMAC-SHA-256 (HS256).
///
/// The header of a token chooses nothing: the algorithm is fixed, keys in it are ignored, and
/// its key id only says which of our own keys is meant.
pub struct JwtAccessTokens {
    signing: Key,
    previous: Option<Key>,
    lifetime: Duration,
    validation: Validation,
}

struct Key {
    id: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    /// The session that the token belongs to and ends with.
    sid: SessionId,
    /// For people who look into a token. Rights are read from the account, never from here.
    role: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: String,
}

impl JwtAccessTokens {
    /// How long a token is good for in production.
    pub const PRODUCTION_LIFETIME: Duration = Duration::from_mins(15);

    /// Signs with the key. Tokens last for the lifetime, in whole seconds.
    pub fn new(secret: &SecretString, lifetime: Duration) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "nbf", "exp"]);
        // It would ask the system's clock; `check` is told the time.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Self {
            signing: Key::new(secret),
            previous: None,
            lifetime: Duration::from_secs(lifetime.as_secs()),
            validation,
        }
    }

    /// Accepts tokens of an older key too, while that key is being replaced.
    #[must_use]
    pub fn accepting_previous(mut self, secret: &SecretString) -> Self {
        self.previous = Some(Key::new(secret));
        self
    }

    /// The key that the header means, if the header is one of ours.
    fn key_of(&self, header: &Header) -> Option<&Key> {
        let id = header.kid.as_deref()?;
        let is_ours = header.typ.as_deref() == Some(TOKEN_TYPE) && header.crit.is_none();
        let mut keys = [Some(&self.signing), self.previous.as_ref()]
            .into_iter()
            .flatten();
        keys.find(|key| is_ours && key.id == id)
    }

    fn good_claims(&self, token: &str, at: DateTime<Utc>) -> Option<Claims> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        let key = self.key_of(&header)?;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.decoding, &self.validation)
            .ok()?
            .claims;
        let now = at.timestamp();
        let has_begun = claims.nbf <= now.saturating_add(CLOCK_SKEW_SECONDS);
        (has_begun && now < claims.exp).then_some(claims)
    }
}

impl Key {
    fn new(secret: &SecretString) -> Self {
        let bytes = secret.expose_secret().as_bytes();
        Self {
            id: key_id(bytes),
            encoding: EncodingKey::from_secret(bytes),
            decoding: DecodingKey::from_secret(bytes),
        }
    }
}

/// Equal for equal keys, so that replicas agree. Like every token, it tells nothing of a key that
/// cannot be guessed.
fn key_id(secret: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let digest = hmac::sign(&key, b"support-assistant/key-id");
    let first: Vec<u8> = digest.as_ref().iter().copied().take(9).collect();
    URL_SAFE_NO_PAD.encode(first)
}

impl fmt::Debug for JwtAccessTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtAccessTokens")
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

impl AccessTokens for JwtAccessTokens {
    fn issue(
        &self,
        actor: Actor,
        session: SessionId,
        at: DateTime<Utc>,
    ) -> Result<AccessToken, TokenError> {
        let failed = |error: Box<dyn std::error::Error + Send + Sync>| TokenError::Failed(error);
        let issued_at = at.timestamp();
        let lifetime = i64::try_from(self.lifetime.as_secs()).unwrap_or(i64::MAX);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: actor.id,
            sid: session,
            role: actor.role.as_str().to_owned(),
            iat: issued_at,
            nbf: issued_at,
            exp: issued_at.saturating_add(lifetime),
            jti: random_text::<16>().map_err(|error| failed(error.into()))?,
        };
        let header = Header {
            typ: Some(TOKEN_TYPE.to_owned()),
            kid: Some(self.signing.id.clone()),
            ..Header::new(Algorithm::HS256)
        };
        let token = jsonwebtoken::encode(&header, &claims, &self.signing.encoding)
            .map_err(|error| failed(error.into()))?;
        Ok(AccessToken {
            token,
            lifetime: self.lifetime,
        })
    }

    fn check(&self, token: &str, at: DateTime<Utc>) -> Result<TokenProof, TokenError> {
        self.good_claims(token, at)
            .map(|claims| TokenProof {
                user_id: claims.sub,
                session_id: claims.sid,
            })
            .ok_or(TokenError::Invalid)
    }
}
