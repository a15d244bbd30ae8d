use actix_cors::Cors;
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, HeaderMap, VARY,
};

/// What scripts may send.
const REQUEST_HEADERS: [&str; 6] = [
    "authorization",
    "content-type",
    "if-match",
    "idempotency-key",
    "last-event-id",
    "x-request-id",
];

/// What scripts may read, besides what they may always.
const RESPONSE_HEADERS: [&str; 8] = [
    "etag",
    "location",
    "link",
    "retry-after",
    "ratelimit",
    "ratelimit-policy",
    "x-request-id",
    "idempotency-replayed",
];

/// For how many seconds a browser may remember what it may send.
const REMEMBERED: usize = 600;

/// Lets scripts of these websites use the API. Cookies are never asked for: who may do what is told
/// by tokens alone, which scripts of other websites do not have.
pub(crate) fn cors(origins: &[String]) -> Cors {
    origins
        .iter()
        .fold(Cors::default(), |cors, origin| cors.allowed_origin(origin))
        .allowed_methods([
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allowed_headers(REQUEST_HEADERS)
        .expose_headers(RESPONSE_HEADERS)
        .max_age(REMEMBERED)
}

/// Keeps what was said to scripts when a response is said in other words: they may read refusals,
/// too.
pub(super) fn keep(from: &HeaderMap, to: &mut HeaderMap) {
    for (name, value) in from {
        if *name == VARY || name.as_str().starts_with("access-control-") {
            to.append(name.clone(), value.clone());
        }
    }
}

/// Says nothing of headers to scripts that may read none.
pub(super) fn withhold(headers: &mut HeaderMap) {
    if !headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
        headers.remove(ACCESS_CONTROL_EXPOSE_HEADERS);
    }
}
