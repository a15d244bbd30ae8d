use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::UPGRADE;
use actix_web::middleware::Next;
use actix_web::web;

use crate::error::ApiError;
use crate::use_cases::UseCases;

/// The longest address of a request, in bytes.
const MAX_URI: usize = 8 * 1024;
/// What all headers of a request may have together, in bytes.
const MAX_HEADERS: usize = 32 * 1024;

/// Lets requests through that may be looked at at all.
pub(crate) async fn admit<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match refusal(&request) {
        Some(refusal) => Ok(request.error_response(refusal).map_into_right_body()),
        None => Ok(next.call(request).await?.map_into_left_body()),
    }
}

fn refusal(request: &ServiceRequest) -> Option<ApiError> {
    let uri = request.uri();
    let address = uri
        .authority()
        .map_or(0, |authority| authority.as_str().len())
        + uri.path_and_query().map_or(0, |path| path.as_str().len());
    if address > MAX_URI {
        return Some(ApiError::UriTooLong { limit: MAX_URI });
    }
    let headers = request.headers().iter();
    let headers: usize = headers
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if headers > MAX_HEADERS {
        return Some(ApiError::HeadersTooLarge { limit: MAX_HEADERS });
    }
    if changes_protocol(request) {
        return Some(ApiError::UpgradeRefused);
    }
    (!is_served(request)).then_some(ApiError::Starting)
}

/// Whether everything behind the head would be taken for one endless body, whatever length the
/// request says. A proxy that goes by the length would find another request's answer.
fn changes_protocol(request: &ServiceRequest) -> bool {
    let mut upgrades = request.headers().get_all(UPGRADE);
    request.method() == Method::CONNECT
        || upgrades.any(|value| {
            let value = value.to_str().unwrap_or_default();
            value.trim().eq_ignore_ascii_case("websocket")
        })
}

/// Whether the store has what requests need; health is told at any time.
fn is_served(request: &ServiceRequest) -> bool {
    let use_cases = request.app_data::<web::Data<UseCases>>();
    use_cases.is_some_and(|use_cases| use_cases.readiness.prepared.is_cancelled())
        || request.path().starts_with("/health/")
}
