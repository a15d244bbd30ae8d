//! Which problems an operation may answer with.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use serde_json::{Map, Value, json};
use utoipa::IntoResponses;
use utoipa::openapi::{Ref, RefOr, Response};

use crate::problem::types::{self, ProblemType};

/// The problems of a tuple of kinds, and those that any request may meet.
pub(crate) struct Problems<T>(PhantomData<T>);

/// A few kinds of problems.
pub(crate) trait Kinds {
    fn kinds() -> Vec<ProblemType>;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident: $($kind:ident),+;)+) => {$(
        $(#[$doc])*
        pub(crate) enum $name {}

        impl Kinds for $name {
            fn kinds() -> Vec<ProblemType> {
                vec![$(types::$kind),+]
            }
        }
    )+};
}

kinds! {
    /// Any request may meet these.
    Any: UPGRADE_REFUSED, URI_TOO_LONG, HEADERS_TOO_LARGE, INTERNAL;
    /// Served once the database is prepared.
    Prepared: STARTING;
    /// Asks the database.
    Stored: STARTING, UNAVAILABLE;
    /// For people who are signed in.
    SignedIn: STARTING, UNAVAILABLE, UNAUTHENTICATED, INVALID_TOKEN;
    /// Has a body of JSON.
    Body: MALFORMED_JSON, BODY_UNREADABLE, BODY_TIMEOUT, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE,
        VALIDATION_FAILED;
    /// Has parameters that may not fit.
    Parameters: VALIDATION_FAILED;
    /// May be done once only.
    Keyed: IDEMPOTENCY_KEY_REUSED;
    /// About a thing that may not be there.
    Thing: NOT_FOUND;
    /// Not for every role.
    ForRoles: FORBIDDEN;
    /// Checks a password that may be guessed.
    Guessed: TOO_MANY_ATTEMPTS, BUSY;
    WrongCredentials: WRONG_CREDENTIALS;
    WrongPassword: WRONG_PASSWORD;
    InvalidRefreshToken: INVALID_REFRESH_TOKEN;
    EmailTaken: EMAIL_TAKEN;
    LastAdmin: LAST_ADMIN;
    SlugTaken: SLUG_TAKEN;
    /// Changes something that others may have changed.
    Versioned: VERSION_MISMATCH;
    TicketClosed: TICKET_CLOSED;
    /// Changes the ticket.
    TicketChange: TICKET_CLOSED, INVALID_TRANSITION, VERSION_MISMATCH;
    NotRateable: NOT_RATEABLE;
    /// Has an answer generated.
    Generation: ASSISTANT_OFF, TOO_MANY_REPLIES;
    Retry: REPLY_RUNNING, REPLY_COMPLETED, NOTHING_TO_RETRY, SHUTTING_DOWN;
}

impl Kinds for () {
    fn kinds() -> Vec<ProblemType> {
        Vec::new()
    }
}

macro_rules! tuples {
    ($(($($name:ident),+))+) => {$(
        impl<$($name: Kinds),+> Kinds for ($($name,)+) {
            fn kinds() -> Vec<ProblemType> {
                [$($name::kinds()),+].concat()
            }
        }
    )+};
}

tuples! {
    (A, B)
    (A, B, C)
    (A, B, C, D)
    (A, B, C, D, E)
    (A, B, C, D, E, F)
}

impl<T: Kinds> IntoResponses for Problems<T> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let wanted = [Any::kinds(), T::kinds()].concat();
        let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
        for kind in types::ALL.iter().filter(|kind| wanted.contains(kind)) {
            let codes = by_status.entry(kind.status.as_u16()).or_default();
            codes.push(kind.code);
        }
        by_status
            .into_iter()
            .map(|(status, codes)| {
                let shared = Ref::from_response_name(codes.join("."));
                (status.to_string(), RefOr::Ref(shared))
            })
            .collect()
    }
}

/// The response that [`Problems`] refers to by that name.
pub(super) fn response(name: &str) -> Option<Value> {
    let kinds: Option<Vec<ProblemType>> = name.split('.').map(ProblemType::of_code).collect();
    let kinds = kinds?;
    let status = kinds.first()?.status.as_u16();
    let described: Vec<String> = kinds
        .iter()
        .map(|kind| format!("`{}`: {}", kind.code, kind.when))
        .collect();
    let examples: Map<String, Value> = kinds
        .iter()
        .map(|kind| (kind.code.to_owned(), json!({"value": example(*kind)})))
        .collect();
    let mut response = json!({
        "description": described.join(". "),
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": examples,
            },
        },
    });
    let headers: &[&str] = match status {
        401 => &["WWW-Authenticate"],
        429 if kinds.contains(&types::TOO_MANY_ATTEMPTS) => {
            &["Retry-After", "RateLimit", "RateLimit-Policy"]
        }
        429 => &["Retry-After", "RateLimit"],
        503 => &["Retry-After"],
        _ => &[],
    };
    if let Some(response) = response.as_object_mut()
        && !headers.is_empty()
    {
        let headers = headers.iter().map(|name| {
            let reference = json!({"$ref": format!("#/components/headers/{name}")});
            ((*name).to_owned(), reference)
        });
        response.insert("headers".to_owned(), headers.collect());
    }
    Some(response)
}

fn example(kind: ProblemType) -> Value {
    let mut example = json!({
        "type": format!("/problems/{}", kind.code),
        "title": kind.status.canonical_reason().unwrap_or("Error"),
        "status": kind.status.as_u16(),
        "detail": format!("In short: {}.", kind.when),
        "code": kind.code,
        "instance": "/tickets/0199f0c8-5d0f-7cc0-8000-6d2c1e0a4b11",
        "request_id": "0199f0c8-5d10-7aa1-9c3e-2f4b6d8e0a12",
    });
    if kind == types::VALIDATION_FAILED
        && let Some(example) = example.as_object_mut()
    {
        let errors = json!([{
            "field": "title",
            "code": "invalid_value",
            "message": "must have at most 200 characters",
        }]);
        example.insert("errors".to_owned(), errors);
    }
    example
}
