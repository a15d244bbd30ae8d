use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use domain::ids::{SessionId, UserId};
use domain::use_cases::Authenticated;
use domain::user::Actor;

use crate::error::ApiError;
use crate::use_cases::UseCases;

/// The person who acts, and what else is taken from the request. The rest is looked at only once
/// it is known who asks, so that strangers learn nothing from how it is refused.
pub(crate) struct SignedIn<T = ()>(pub(crate) Actor, pub(crate) T);

/// Who acted, kept with the request for its log line.
#[derive(Clone, Copy)]
pub(crate) struct ActingUser(pub(crate) UserId);

/// The session that the access token belongs to, beside [`SignedIn`].
#[derive(Clone, Copy)]
pub(crate) struct CurrentSession(pub(crate) SessionId);

impl FromRequest for CurrentSession {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let known = request.extensions().get::<Self>().copied();
        ready(known.ok_or(ApiError::Unauthenticated))
    }
}

impl<T: FromRequest<Error: Into<actix_web::Error>> + 'static> FromRequest for SignedIn<T> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let token = bearer_token(&request)?;
            let use_cases = request
                .app_data::<web::Data<UseCases>>()
                .ok_or_else(|| ApiError::Internal("use cases are not wired".into()))?;
            let Authenticated { actor, session } = use_cases
                .authenticate
                .execute(&token)
                .await
                .map_err(ApiError::from)?;
            request.extensions_mut().insert(ActingUser(actor.id));
            request.extensions_mut().insert(CurrentSession(session));
            let rest = T::from_request(&request, &mut payload)
                .await
                .map_err(Into::into)?;
            Ok(Self(actor, rest))
        })
    }
}

/// The token of `Authorization: Bearer …` (RFC 6750, section 2.1).
fn bearer_token(request: &HttpRequest) -> Result<String, ApiError> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let header = headers.next().ok_or(ApiError::Unauthenticated)?;
    if headers.next().is_some() {
        return Err(ApiError::InvalidToken);
    }
    let value = header
        .to_str()
        .map_err(|_not_ascii| ApiError::InvalidToken)?;
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
            Ok(token.trim().to_owned())
        }
        _ => Err(ApiError::Unauthenticated),
    }
}
