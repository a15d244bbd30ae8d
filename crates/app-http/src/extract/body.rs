use std::future::{Future, ready};
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::UrlencodedError;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use actix_web_lab::extract::Bytes;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use crate::config::Edge;
use crate::error::ApiError;
use crate::validation::FieldError;

/// The largest body, in bytes.
const LIMIT: usize = 256 * 1024;
/// The largest body of a help article.
pub(crate) const ARTICLE_LIMIT: usize = 1024 * 1024;
/// How long a body may take to arrive where no setting says it.
const TIMEOUT: Duration = Duration::from_secs(30);

pub(super) type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

/// A JSON body as a struct, of at most so many bytes.
pub(crate) struct JsonBody<T, const MAX: usize = LIMIT>(pub(crate) T);

impl<T: DeserializeOwned + 'static, const MAX: usize> FromRequest for JsonBody<T, MAX> {
    type Error = ApiError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let object = read_up_to::<MAX>(request, payload);
        Box::pin(async { object.await.and_then(|text| typed(&text)).map(Self) })
    }
}

/// The body as the text of a JSON object. Text which is no JSON is never mistaken for a wrong
/// field, as it is read in two steps.
pub(super) fn read_object(request: &HttpRequest, payload: &mut Payload) -> Extracting<String> {
    read_up_to::<LIMIT>(request, payload)
}

fn read_up_to<const MAX: usize>(
    request: &HttpRequest,
    payload: &mut Payload,
) -> Extracting<String> {
    let refusal = |supported| ApiError::UnsupportedMediaType { supported };
    if !is_json(request) {
        return Box::pin(ready(Err(refusal("application/json"))));
    }
    if is_encoded(request) {
        return Box::pin(ready(Err(refusal(
            "application/json as it is, without compression",
        ))));
    }
    let body = in_time(request, Bytes::<MAX>::from_request(request, payload));
    Box::pin(async {
        let Bytes(body) = body.await?.map_err(|error| body_error(&error, MAX))?;
        object(&body).map(str::to_owned)
    })
}

fn object(body: &[u8]) -> Result<&str, ApiError> {
    let text = str::from_utf8(body).map_err(|_no_text| ApiError::MalformedJson)?;
    serde_json::from_str::<IgnoredAny>(text).map_err(|_no_json| ApiError::MalformedJson)?;
    if !text.trim_start().starts_with('{') {
        // Serde would take an array for the members in order.
        return Err(ApiError::field(
            "",
            "invalid_type",
            "the body must be an object",
        ));
    }
    Ok(text)
}

/// The JSON object as a struct. Members that come twice are refused: others might read the other one.
pub(super) fn typed<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    let mut json = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        if !error.inner().is_data() {
            // Where a name is expected anything else counts as no JSON to serde, and so do numbers
            // that are too large, half a character and what is nested too deeply.
            return match serde_json::from_str::<Value>(text) {
                Ok(_json) => ApiError::field(&path, "invalid_type", "must be of another type"),
                Err(_json_still) => ApiError::field(
                    &path,
                    "invalid_value",
                    "must be something that can be stored",
                ),
            };
        }
        let message = error.inner().to_string();
        // Where in the text it is says little about the field.
        let message = message
            .rsplit_once(" at line ")
            .map_or(message.as_str(), |(message, _)| message);
        ApiError::Validation(vec![field_error(&path, message)])
    })
}

fn is_json(request: &HttpRequest) -> bool {
    let Ok(Some(mime)) = request.mime_type() else {
        return false;
    };
    mime.subtype() == "json" || mime.suffix().is_some_and(|suffix| suffix == "json")
}

/// Whether it would have to be decoded first (RFC 9110, section 8.4).
fn is_encoded(request: &HttpRequest) -> bool {
    let codings = request.headers().get_all(CONTENT_ENCODING);
    let mut codings = codings.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    codings.any(|coding| !coding.trim_ascii().eq_ignore_ascii_case(b"identity"))
}

/// An HTML form's body as a struct.
pub(crate) struct Form<T>(pub(crate) T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = ApiError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = in_time(request, web::Form::<T>::from_request(request, payload));
        Box::pin(async {
            let body = body.await?;
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

/// The whole body, however little of it comes at a time.
fn in_time<F: Future + 'static>(
    request: &HttpRequest,
    body: F,
) -> impl Future<Output = Result<F::Output, ApiError>> + 'static {
    let edge = request.app_data::<web::Data<Edge>>();
    let timeout = edge.map_or(TIMEOUT, |edge| edge.body_timeout);
    async move {
        tokio::time::timeout(timeout, body)
            .await
            .map_err(|_late| ApiError::BodyTimeout)
    }
}

fn body_error(error: &actix_web::Error, limit: usize) -> ApiError {
    match error.as_response_error().status_code() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::BodyTooLarge { limit },
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
    let code = if message.starts_with("missing field") {
        "missing_field"
    } else if message.starts_with("unknown field") {
        "unknown_field"
    } else if message.starts_with("duplicate field") {
        "duplicate_field"
    } else if message.starts_with("unknown variant") {
        "invalid_value"
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
