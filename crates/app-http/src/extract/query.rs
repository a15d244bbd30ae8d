use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use actix_web_lab::extract::Query;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::body::field_in_message;
use crate::error::ApiError;

/// Parameters of a list that takes none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoParameters {}

/// The name of the first parameter that is no text.
fn not_utf8(query: &str) -> Option<String> {
    let is_text = |part: &str| percent_decode_str(part).decode_utf8().is_ok();
    let mut pairs = query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let (name, _) = pairs.find(|(name, value)| !is_text(name) || !is_text(value))?;
    Some(percent_decode_str(name).decode_utf8_lossy().into_owned())
}

/// The query string as a struct. Parameters that it does not have are refused when the struct
/// denies unknown fields.
pub(crate) struct QueryParameters<T>(pub(crate) T);

impl<T: DeserializeOwned + 'static> FromRequest for QueryParameters<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        if let Some(name) = not_utf8(request.query_string()) {
            return ready(Err(ApiError::field(
                &name,
                "invalid_parameter",
                "must be UTF-8",
            )));
        }
        let parsed = Query::<T>::from_query(request.query_string());
        ready(
            parsed
                .map(|query| Self(query.into_inner()))
                .map_err(|error| {
                    let message = error.source().to_string();
                    let path = error.path().to_string();
                    ApiError::field(
                        &field_in_message(&path, &message),
                        "invalid_parameter",
                        message,
                    )
                }),
        )
    }
}
