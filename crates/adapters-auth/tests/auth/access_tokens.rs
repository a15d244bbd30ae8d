use std::time::Duration;

use adapters_auth::{JwtAccessTokens, generate_secret};
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{SessionId, UserId};
use domain::ports::{AccessTokens, TokenError, TokenProof};
use domain::user::{Actor, Role};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::forgery::{claims_of, header_of};

pub const SECRET: &str = "k7Qd-2mXw_9sRzT4vB1nY6cJ8pL3fH0a";
pub const LIFETIME: Duration = Duration::from_mins(15);

pub fn tokens() -> JwtAccessTokens {
    JwtAccessTokens::new(&SecretString::from(SECRET), LIFETIME)
}

pub fn actor() -> Actor {
    Actor {
        id: UserId::from_uuid(Uuid::from_u128(7)),
        role: Role::Agent,
    }
}

pub fn session() -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(11))
}

/// What every good token of these tests says.
pub fn proof() -> TokenProof {
    TokenProof {
        user_id: actor().id,
        session_id: session(),
    }
}

pub fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 678_901_000).expect("it is a time")
}

pub fn issue() -> String {
    let issued = tokens().issue(actor(), session(), noon());
    issued.expect("signing should work").token
}

#[test]
fn a_token_says_whose_it_is_and_of_which_session() {
    let issued = tokens().issue(actor(), session(), noon()).unwrap();
    assert_eq!(issued.lifetime, LIFETIME);
    assert_eq!(tokens().check(&issued.token, noon()).unwrap(), proof());
}

#[test]
fn tokens_carry_what_rfc_9068_asks_for() {
    let token = issue();
    let header = header_of(&token);
    assert_eq!(header["alg"], "HS256");
    assert_eq!(header["typ"], "at+jwt");
    let claims = claims_of(&token);
    assert_eq!(claims["iss"], "support-assistant");
    assert_eq!(claims["aud"], "support-assistant");
    assert_eq!(claims["sub"], actor().id.to_string());
    assert_eq!(claims["sid"], session().to_string());
    assert_eq!(claims["role"], "agent");
    assert_eq!(claims["iat"], 1_800_000_000);
    assert_eq!(claims["nbf"], 1_800_000_000);
    assert_eq!(claims["exp"], 1_800_000_900);
    assert_ne!(claims["jti"], claims_of(&issue())["jti"]);
}

#[test]
fn a_token_ends_with_its_lifetime_by_the_clock_it_is_checked_at() {
    let token = issue();
    let until = |seconds| tokens().check(&token, noon() + TimeDelta::seconds(seconds));
    assert!(until(899).is_ok());
    assert!(matches!(until(900), Err(TokenError::Invalid)));
    assert!(matches!(until(1_000_000), Err(TokenError::Invalid)));
}

#[test]
fn a_token_from_a_clock_slightly_ahead_is_good_and_one_from_the_future_is_not() {
    let token = issue();
    assert!(
        tokens()
            .check(&token, noon() - TimeDelta::seconds(5))
            .is_ok()
    );
    let early = tokens().check(&token, noon() - TimeDelta::seconds(6));
    assert!(matches!(early, Err(TokenError::Invalid)));
}

#[test]
fn another_keys_tokens_are_refused_unless_it_is_the_previous_one() {
    let next = SecretString::from("another-key-of-more-than-32-bytes!");
    let fresh = JwtAccessTokens::new(&next, LIFETIME);
    let refused = fresh.check(&issue(), noon());
    assert!(matches!(refused, Err(TokenError::Invalid)));

    let rotated = fresh.accepting_previous(&SecretString::from(SECRET));
    assert_eq!(rotated.check(&issue(), noon()).unwrap(), proof());
    let issued = rotated.issue(actor(), session(), noon()).unwrap();
    assert!(rotated.check(&issued.token, noon()).is_ok());
    let by_old_key = tokens().check(&issued.token, noon());
    assert!(matches!(by_old_key, Err(TokenError::Invalid)));
}

#[test]
fn lifetimes_are_whole_seconds() {
    let tokens = JwtAccessTokens::new(&SecretString::from(SECRET), Duration::from_millis(1_999));
    let issued = tokens.issue(actor(), session(), noon()).unwrap();
    assert_eq!(issued.lifetime, Duration::from_secs(1));
}

#[test]
fn debug_output_hides_the_key() {
    let secret = generate_secret().unwrap();
    let tokens = JwtAccessTokens::new(&secret, LIFETIME);
    let issued = tokens.issue(actor(), session(), noon()).unwrap();
    let shown = format!("{tokens:?} {issued:?}");
    assert!(!shown.contains(secret.expose_secret()));
    assert!(!shown.contains(&issued.token));
}
