use actix_web::HttpResponse;
use domain::use_cases::TokenPair;
use serde::Serialize;
use utoipa::ToSchema;

/// A token response of OAuth 2.0 (RFC 6749, section 5.1).
#[derive(Serialize, ToSchema)]
#[schema(as = Tokens)]
pub(crate) struct TokenResponse {
    /// For `Authorization: Bearer …`.
    access_token: String,
    #[schema(example = "bearer")]
    token_type: &'static str,
    /// Seconds until the access token expires.
    #[schema(example = 900)]
    expires_in: u64,
    /// Good for one `POST /auth/refresh`.
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
