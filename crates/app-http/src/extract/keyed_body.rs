use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use domain::idempotency::{IdempotencyKey, KeyedRequest};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::body::{Extracting, read_object, typed};
use crate::error::ApiError;

const HEADER: &str = "idempotency-key";

/// A JSON body as a struct, and the key under which the request is done only once, if it has one.
pub(crate) struct KeyedBody<T>(pub(crate) T, pub(crate) Option<KeyedRequest>);

impl<T: DeserializeOwned + 'static> FromRequest for KeyedBody<T> {
    type Error = ApiError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let key = key(request);
        let target = format!("{} {}", request.method(), request.path());
        let body = read_object(request, payload);
        Box::pin(async move {
            let key = key?;
            let body = body.await?;
            let value = typed(&body)?;
            let keyed = key.map(|key| KeyedRequest {
                key,
                text: format!("{target}\n{}", normalised(&body)),
            });
            Ok(Self(value, keyed))
        })
    }
}

/// The same for however a client writes the members down.
fn normalised(body: &str) -> String {
    serde_json::from_str::<Value>(body)
        .map_or_else(|_no_json| body.to_owned(), |value| value.to_string())
}

fn key(request: &HttpRequest) -> Result<Option<IdempotencyKey>, ApiError> {
    let invalid = |message: String| ApiError::field("Idempotency-Key", "invalid_header", message);
    let mut values = request.headers().get_all(HEADER);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(invalid("must be sent once".to_owned()));
    }
    let key = value.to_str().unwrap_or_default();
    IdempotencyKey::parse(key)
        .map(Some)
        .map_err(|error| invalid(error.to_string()))
}
