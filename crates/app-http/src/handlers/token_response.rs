use actix_web::HttpResponse;
use domain::use_cases::TokenPair;
use serde::Serialize;

/// A token response of OAuth 2.0 (RFC 6749, section 5.1).
#[derive(Serialize)]
struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    refresh_token: String,
}

pub(super) fn token_response(pair: TokenPair) -> HttpResponse {
    HttpResponse::Ok().json(TokenResponse {
        expires_in: pair.access_token.lifetime.as_secs(),
        access_token: pair.access_token.token,
        token_type: "bearer",
        refresh_token: pair.refresh_token.expose().to_owned(),
    })
}
