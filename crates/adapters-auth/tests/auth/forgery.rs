//! Tokens that somebody made or changed.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ports::{AccessTokens, TokenError};
use serde_json::{Value, json};

use crate::access_tokens::{SECRET, issue, noon, proof, tokens};

pub fn header_of(token: &str) -> Value {
    part(token, 0)
}

pub fn claims_of(token: &str) -> Value {
    part(token, 1)
}

fn part(token: &str, index: usize) -> Value {
    let part = token
        .split('.')
        .nth(index)
        .expect("a token has three parts");
    let json = URL_SAFE_NO_PAD.decode(part).expect("parts are Base64");
    serde_json::from_slice(&json).expect("parts are JSON")
}

/// Signs whatever it is given with the right key.
fn sign(algorithm: hmac::Algorithm, header: &Value, claims: &Value) -> String {
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let message = format!("{}.{}", encode(header), encode(claims));
    let key = hmac::Key::new(algorithm, SECRET.as_bytes());
    let signature = hmac::sign(&key, message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A good token's parts, changed and signed with the right key.
fn altered(alter: impl FnOnce(&mut Value, &mut Value)) -> String {
    let (mut header, mut claims) = (header_of(&issue()), claims_of(&issue()));
    alter(&mut header, &mut claims);
    sign(hmac::HMAC_SHA256, &header, &claims)
}

#[track_caller]
fn assert_refused(token: &str) {
    let outcome = tokens().check(token, noon());
    assert!(matches!(outcome, Err(TokenError::Invalid)), "{token}");
}

#[test]
fn the_forger_of_these_tests_can_make_good_ones() {
    let token = altered(|_, _| ());
    assert_eq!(tokens().check(&token, noon()).unwrap(), proof());
}

#[test]
fn text_that_is_no_token_is_refused() {
    let good = issue();
    for garbage in [
        "",
        ".",
        "..",
        "a.b.c",
        "Bearer",
        "ä.ö.ü",
        "\0",
        &good.repeat(2),
    ] {
        assert_refused(garbage);
    }
    assert_refused(good.rsplit_once('.').unwrap().0);
    assert_refused(&format!("{good}."));
    assert_refused(&format!(" {good}"));
    assert_refused(&"a".repeat(100_000));
}

#[test]
fn every_changed_character_is_noticed() {
    let good = issue();
    for (index, character) in good.char_indices() {
        let swapped = if character == 'A' { "B" } else { "A" };
        let mut changed = good.clone();
        changed.replace_range(index..=index, swapped);
        assert_refused(&changed);
    }
}

#[test]
fn unsigned_tokens_are_refused() {
    for none in ["none", "None", "NONE", ""] {
        let signed = altered(|header, _| header["alg"] = json!(none));
        assert_refused(&signed);
        let (unsigned, _) = signed.rsplit_once('.').unwrap();
        assert_refused(&format!("{unsigned}."));
    }
}

#[test]
fn only_hs256_is_accepted() {
    for (name, algorithm) in [
        ("HS384", hmac::HMAC_SHA384),
        ("HS512", hmac::HMAC_SHA512),
        ("RS256", hmac::HMAC_SHA256),
        ("ES256", hmac::HMAC_SHA256),
        ("HS512", hmac::HMAC_SHA256),
    ] {
        let mut header = header_of(&issue());
        header["alg"] = json!(name);
        assert_refused(&sign(algorithm, &header, &claims_of(&issue())));
    }
}

#[test]
fn keys_that_a_token_brings_along_are_ignored() {
    let key = b"the key of a forger, long enough";
    let mut header = header_of(&issue());
    header["jwk"] = json!({"kty": "oct", "k": URL_SAFE_NO_PAD.encode(key)});
    header["jku"] = json!("https://forger.example/keys");
    let message = sign(hmac::HMAC_SHA256, &header, &claims_of(&issue()));
    let (message, _) = message.rsplit_once('.').unwrap();
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message.as_bytes());
    assert_refused(&format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)));
}

#[test]
fn tokens_of_another_type_or_key_id_are_refused() {
    for other in [json!("JWT"), json!("rt+jwt"), json!(""), Value::Null] {
        assert_refused(&altered(|header, _| header["typ"] = other));
    }
    for other in [
        json!("other"),
        json!(""),
        json!("../../dev/null"),
        Value::Null,
    ] {
        assert_refused(&altered(|header, _| header["kid"] = other));
    }
    assert_refused(&altered(|header, _| header["crit"] = json!(["exp"])));
}

#[test]
fn tokens_of_another_issuer_or_for_another_audience_are_refused() {
    for other in [json!("somebody-else"), json!(""), json!([]), json!(7)] {
        assert_refused(&altered(|_, claims| claims["iss"] = other.clone()));
        assert_refused(&altered(|_, claims| claims["aud"] = other));
    }
}

#[test]
fn no_claim_may_be_missing() {
    for name in ["iss", "aud", "sub", "role", "iat", "nbf", "exp", "jti"] {
        assert_refused(&altered(|_, claims| {
            claims.as_object_mut().unwrap().remove(name);
        }));
        assert_refused(&altered(|_, claims| claims[name] = Value::Null));
    }
}

#[test]
fn claims_of_the_wrong_kind_are_refused() {
    assert_refused(&altered(|_, claims| {
        claims["sub"] = json!("ada@example.com");
    }));
    for end in [json!("1800000900"), json!(1e300), json!(-1), json!({})] {
        assert_refused(&altered(|_, claims| claims["exp"] = end));
    }
    assert_refused(&altered(|_, claims| claims["nbf"] = json!(1_800_000_900)));
}
