use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::{PayloadError, UrlencodedError};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest, web};
use actix_web_lab::extract::{Json, JsonPayloadError};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::error::ApiError;
use crate::validation::FieldError;

/// The largest body, in bytes.
const LIMIT: usize = 256 * 1024;
/// How long a body may take to arrive.
const TIMEOUT: Duration = Duration::from_secs(30);

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

/// A JSON body as a struct.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned + 'static> FromRequest for JsonBody<T> {
    type Error = ApiError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Json::<T, LIMIT>::from_request(request, payload);
        Box::pin(async {
            let body = in_time(body).await?;
            body.map(|body| Self(body.into_inner())).map_err(json_error)
        })
    }
}

/// An HTML form's body as a struct.
pub(crate) struct Form<T>(pub(crate) T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = ApiError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = web::Form::<T>::from_request(request, payload);
        Box::pin(async {
            let body = in_time(body).await?;
            body.map(|body| Self(body.into_inner()))
                .map_err(|error| form_error(&error))
        })
    }
}

/// Whether the body says that it is an HTML form's.
pub(crate) fn is_form(request: &HttpRequest) -> bool {
    let content_type = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    content_type
        .and_then(|value| value.split(';').next())
        .is_some_and(|mime| {
            mime.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
}

async fn in_time<F: Future>(body: F) -> Result<F::Output, ApiError> {
    tokio::time::timeout(TIMEOUT, body)
        .await
        .map_err(|_late| ApiError::BodyTimeout)
}

fn json_error(error: JsonPayloadError) -> ApiError {
    match error {
        JsonPayloadError::ContentType => ApiError::UnsupportedMediaType {
            supported: "application/json",
        },
        JsonPayloadError::Overflow { limit, .. } => ApiError::BodyTooLarge { limit },
        JsonPayloadError::Deserialize { source } => match source.source().classify() {
            Category::Data => {
                let path = source.path().to_string();
                ApiError::Validation(vec![field_error(&path, &source.source().to_string())])
            }
            Category::Io | Category::Syntax | Category::Eof => ApiError::MalformedJson,
        },
        JsonPayloadError::Payload {
            source: PayloadError::Overflow,
        } => ApiError::BodyTooLarge { limit: LIMIT },
        _ => ApiError::BodyUnreadable,
    }
}

fn form_error(error: &actix_web::Error) -> ApiError {
    match error.as_error::<UrlencodedError>() {
        Some(UrlencodedError::Overflow { limit, .. }) => ApiError::BodyTooLarge { limit: *limit },
        Some(UrlencodedError::Parse(source)) => {
            ApiError::Validation(vec![field_error("", &source.to_string())])
        }
        _ => ApiError::BodyUnreadable,
    }
}

fn field_error(path: &str, message: &str) -> FieldError {
    // Where in the text it went wrong helps nobody who sees the field's name.
    let message = message.split(" at line ").next().unwrap_or(message);
    let code = if message.starts_with("missing field") {
        "missing_field"
    } else if message.starts_with("unknown field") {
        "unknown_field"
    } else {
        "invalid_type"
    };
    FieldError::new(field_in_message(path, message), code, message)
}

/// The field that an error is about: where it happened, or for missing and unknown fields the name
/// that the message quotes.
pub(super) fn field_in_message(path: &str, message: &str) -> String {
    let quoted = message.split('`').nth(1);
    match (path, quoted) {
        ("." | "" | "?", Some(name)) => name.to_owned(),
        (path, Some(name)) if message.starts_with("missing field") && !path.ends_with(name) => {
            format!("{path}.{name}")
        }
        (path, _) => path.to_owned(),
    }
}
