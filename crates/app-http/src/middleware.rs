//! What happens around every request: its id, its log line, and the shape of refusals.
//!
//! It must not know any endpoint.

mod admission;
mod cors;
mod defence;

use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::HttpMessage as _;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use domain::ports::IdGenerator as _;
use tracing::Instrument as _;

pub(crate) use self::admission::admit;
pub(crate) use self::cors::cors;
use crate::causes::causes;
use crate::connection::{Connection, Serving};
use crate::error::ApiError;
use crate::extract::ActingUser;
use crate::measures;
use crate::problem::{Occurrence, respond};
use crate::system::UuidV7Ids;
use crate::trace_context::TraceId;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longer ids of clients are replaced, so that log lines stay short.
const MAX_REQUEST_ID: usize = 128;

/// Gives the request an id, makes every refusal a problem, and logs one line.
pub(crate) async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Instant::now();
    let request_id = request_id(&request);
    let trace_id = TraceId::of(request.headers());
    let serving = request.conn_data::<Rc<Connection>>().map(Serving::on);
    // What is begun for the request, such as an answer, is logged under its trace for as long as it
    // goes on.
    let trace = tracing::info_span!("request", trace_id = trace_id.as_str());
    let response = next.call(request).instrument(trace).await?;
    let response = response.map_into_boxed_body();

    let failure = failure_chain(&response);
    let mut response = as_problem(response, &request_id);
    let request = response.request().clone();
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        headers.insert(REQUEST_ID, value);
    }
    cors::withhold(headers);
    defence::add_headers(&request, headers);
    let exchange = Exchange {
        request_id: &request_id,
        trace_id: trace_id.as_str(),
        duration: started.elapsed(),
    };
    log(&response, &exchange, failure);
    Ok(match serving {
        Some(serving) => response.map_body(|_, body| serving.until_sent(body)),
        None => response,
    })
}

/// The client's own id when it is printable and short, else a new one.
fn request_id(request: &ServiceRequest) -> String {
    request
        .headers()
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            (1..=MAX_REQUEST_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic())
        })
        .map_or_else(|| UuidV7Ids.generate().to_string(), str::to_owned)
}

/// Refusals of handlers, extractors and the framework all look alike.
fn as_problem(response: ServiceResponse<BoxBody>, request_id: &str) -> ServiceResponse<BoxBody> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let error = response.response().error();
    let problem = match error.and_then(|error| error.as_error::<ApiError>()) {
        Some(error) => error.problem(),
        // A response that carries JSON says all it has to say, such as readiness.
        None if response.headers().contains_key(CONTENT_TYPE) && error.is_none() => {
            return response;
        }
        None => ApiError::Framework(status).problem(),
    };
    let path = response.request().path().to_owned();
    let mut rendered = respond(
        &problem,
        Some(Occurrence {
            path: &path,
            request_id,
        }),
    );
    cors::keep(response.headers(), rendered.headers_mut());
    response.into_response(rendered)
}

/// The whole story of a server's error, for the log alone.
fn failure_chain(response: &ServiceResponse<BoxBody>) -> Option<String> {
    let error = response
        .response()
        .error()
        .filter(|_| response.status().is_server_error())?;
    let ours = error.as_error::<ApiError>();
    Some(ours.map_or_else(|| error.to_string(), |error| causes(error)))
}

/// What a request and its response have in common.
struct Exchange<'a> {
    request_id: &'a str,
    trace_id: &'a str,
    /// Until the response began.
    duration: Duration,
}

fn log(response: &ServiceResponse<BoxBody>, exchange: &Exchange<'_>, failure: Option<String>) {
    let Exchange {
        request_id,
        trace_id,
        duration,
    } = *exchange;
    let request = response.request();
    let method = request.method().as_str();
    // The pattern, not the path: queries may hold tokens, and patterns can be counted.
    let route = request
        .match_pattern()
        .unwrap_or_else(|| "unknown".to_owned());
    let user = request
        .extensions()
        .get::<ActingUser>()
        .map(|user| user.0.to_string());
    let status = response.status().as_u16();
    let duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    if let Some(failure) = failure {
        tracing::error!(
            method,
            route,
            status,
            duration_ms,
            request_id,
            trace_id,
            user,
            failure,
            "request failed"
        );
    } else {
        tracing::info!(
            method,
            route,
            status,
            duration_ms,
            request_id,
            trace_id,
            user,
            "request"
        );
    }
    measures::request(request.method(), route, status, duration);
}
