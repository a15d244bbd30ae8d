use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use actix_web_lab::extract::Query;
use serde::de::DeserializeOwned;

use super::body::field_in_message;
use crate::error::ApiError;

/// The query string as a struct. Parameters that it does not have are refused when the struct
/// denies unknown fields.
pub(crate) struct QueryParameters<T>(pub(crate) T);

impl<T: DeserializeOwned + 'static> FromRequest for QueryParameters<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
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
