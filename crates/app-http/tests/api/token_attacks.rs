//! Access tokens that somebody made up, and good ones in wrong places.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Session, TestApp};

/// The key of the harness' servers.
const KEY: &str = "q1Zk9vT3mXw8RbYp5LcJd7HfGs2NaEuV";

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).expect("three parts");
    let json = URL_SAFE_NO_PAD.decode(part).expect("Base64");
    serde_json::from_slice(&json).expect("JSON")
}

fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

/// Signs any header and claims with the server's own key.
fn signed(header: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", encode(header), encode(claims));
    let key = EncodingKey::from_secret(KEY.as_bytes());
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256);
    format!("{message}.{}", signature.expect("signed"))
}

fn with(value: &Value, member: &str, new: Value) -> Value {
    let mut value = value.clone();
    value[member] = new;
    value
}

fn without(value: &Value, member: &str) -> Value {
    let mut value = value.clone();
    value.as_object_mut().expect("an object").remove(member);
    value
}

async fn assert_refused(app: &TestApp, token: &str, why: &str) {
    let answer = Session::new(app, Some(token.to_owned()))
        .get("/auth/me")
        .await;
    assert_eq!(answer.status, 401, "{why}: {}", answer.body);
    assert_eq!(
        answer.header("www-authenticate"),
        "Bearer error=\"invalid_token\"",
        "{why}"
    );
    answer.expect_problem(401, "invalid_token");
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_tokens_let_nobody_in() {
    let app = TestApp::start().await;
    let good = app.customer("ada").await.token.expect("a token");
    let (header, claims) = (part(&good, 0), part(&good, 1));
    let message = format!("{}.{}", encode(&header), encode(&claims));
    let again = signed(&header, &claims);
    Session::new(&app, Some(again))
        .get("/auth/me")
        .await
        .expect_status(200);

    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let unsigned = format!(
            "{}.{}",
            encode(&with(&header, "alg", json!(alg))),
            encode(&claims)
        );
        for signature in ["", "x", good.rsplit('.').next().expect("a signature")] {
            assert_refused(&app, &format!("{unsigned}.{signature}"), alg).await;
        }
    }
    // Beside these, tokens that are truly signed by other algorithms are tried on the adapter.
    for alg in ["HS384", "HS512", "RS256", "ES256", "EdDSA", "PS256"] {
        assert_refused(
            &app,
            &signed(&with(&header, "alg", json!(alg)), &claims),
            alg,
        )
        .await;
    }
    let own_key = Header {
        kid: header["kid"].as_str().map(str::to_owned),
        typ: Some("at+jwt".to_owned()),
        ..Header::new(Algorithm::HS256)
    };
    let stranger = EncodingKey::from_secret(b"a key that somebody else thought up");
    let token = jsonwebtoken::encode(&own_key, &claims, &stranger).expect("signed");
    assert_refused(&app, &token, "another key").await;
    let jwk = json!({"kty": "oct", "k": URL_SAFE_NO_PAD.encode("attacker")});
    for (member, value) in [
        ("jwk", jwk),
        ("jku", json!("https://attacker.example/jwks.json")),
        ("x5u", json!("https://attacker.example/key.pem")),
        ("kid", json!("../../../../dev/null")),
        ("kid", json!("' UNION SELECT 'key' --")),
    ] {
        let header = with(&header, member, value);
        let key = EncodingKey::from_secret(b"attacker");
        let message = format!("{}.{}", encode(&header), encode(&claims));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256);
        let token = format!("{message}.{}", signature.expect("signed"));
        assert_refused(&app, &token, member).await;
    }
    for (member, value) in [
        ("kid", Value::Null),
        ("typ", json!("JWT")),
        ("typ", Value::Null),
        ("crit", json!(["exp"])),
    ] {
        let token = signed(&with(&header, member, value), &claims);
        assert_refused(&app, &token, member).await;
    }
    assert_refused(&app, &message, "no signature").await;
    assert_refused(&app, &format!("{message}."), "an empty signature").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_that_do_not_fit_let_nobody_in_even_signed() {
    let app = TestApp::start().await;
    let good = app.customer("ada").await.token.expect("a token");
    let other = app.customer("bob").await.token.expect("a token");
    let (header, claims) = (part(&good, 0), part(&good, 1));
    let now = claims["iat"].as_i64().expect("a time");
    for (member, value) in [
        ("iss", json!("somebody")),
        ("aud", json!("another-service")),
        ("exp", json!(now - 1)),
        ("nbf", json!(now + 3_600)),
        ("sub", part(&other, 1)["sub"].clone()),
        ("sid", part(&other, 1)["sid"].clone()),
        ("sid", json!("00000000-0000-7000-8000-000000000000")),
        ("sid", json!("x")),
    ] {
        let token = signed(&header, &with(&claims, member, value));
        assert_refused(&app, &token, member).await;
    }
    for member in ["iss", "aud", "exp", "nbf", "sub", "sid"] {
        let token = signed(&header, &without(&claims, member));
        assert_refused(&app, &token, member).await;
    }
    for (member, part) in [("typ", &header), ("kid", &header)] {
        let token = signed(&without(part, member), &claims);
        assert_refused(&app, &token, member).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_was_written_into_a_token_gives_no_rights() {
    let app = TestApp::start().await;
    let good = app.customer("ada").await.token.expect("a token");
    let claims = with(&part(&good, 1), "role", json!("admin"));
    let token = signed(&part(&good, 0), &claims);
    let ada = Session::new(&app, Some(token));
    ada.get("/users").await.expect_problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_count_in_the_authorization_header_only() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let token = ada.token.clone().expect("a token");
    let stranger = app.stranger();
    for path in [
        format!("/auth/me?access_token={token}"),
        format!("/auth/me?token={token}"),
        format!("{ticket}?stream_token={token}"),
    ] {
        let answer = stranger.get(&path).await;
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        answer.expect_problem(401, "unauthenticated");
    }
    let cookie = stranger
        .request(Method::GET, "/auth/me")
        .header("cookie", format!("access_token={token}; token={token}"));
    Answer::to(cookie)
        .await
        .expect_problem(401, "unauthenticated");
    let stream = stranger
        .get(&format!("{ticket}/ai-response?stream_token={token}"))
        .await;
    stream.expect_problem(401, "invalid_token");
    for value in [
        format!("Basic {token}"),
        format!("bearer{token}"),
        token.clone(),
    ] {
        let request = stranger
            .request(Method::GET, "/auth/me")
            .header("authorization", value);
        let answer = Answer::to(request).await;
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        answer.expect_problem(401, "unauthenticated");
    }
    // Two headers leave open which one is meant.
    let twice = ada
        .request(Method::GET, "/auth/me")
        .header("authorization", format!("Bearer {token}"));
    Answer::to(twice).await.expect_problem(401, "invalid_token");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_replaced_without_signing_anybody_out() {
    const NEXT: &str = "m4Hc8Jw2Zr6Tq0Ys5Kd9Xb3Nf7Lv1PgE";
    let app = TestApp::start().await;
    let ada = app.customer("ada").await.token.expect("a token");
    let home = app.stop().await;
    let settings = [("JWT_SECRET", NEXT), ("JWT_SECRET_PREVIOUS", KEY)];
    let app = TestApp::at_home(home, &settings, None).await;
    app.until_ready().await;
    Session::new(&app, Some(ada.clone()))
        .get("/auth/me")
        .await
        .expect_status(200);
    let fresh = app.log_in("ada").await.token.expect("a token");
    assert_ne!(part(&fresh, 0)["kid"], part(&ada, 0)["kid"]);

    // With the old key gone its tokens are too.
    let home = app.stop().await;
    let app = TestApp::at_home(home, &[("JWT_SECRET", NEXT)], None).await;
    app.until_ready().await;
    assert_refused(&app, &ada, "a retired key").await;
    Session::new(&app, Some(fresh))
        .get("/auth/me")
        .await
        .expect_status(200);
}
