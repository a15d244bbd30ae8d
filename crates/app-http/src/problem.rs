//! RFC 9457 problem details.

pub(crate) mod types;

use std::fmt::Display;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use self::types::ProblemType;
use crate::openapi::names::ProblemCode;
use crate::validation::FieldError;

/// A refusal as clients see it.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    headers: Vec<(&'static str, String)>,
}

/// The occurrence that a problem belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Occurrence<'a> {
    pub(crate) path: &'a str,
    pub(crate) request_id: &'a str,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Body<'a> {
    /// Leads to what the problem means.
    #[schema(format = "uri-reference", example = "/problems/not_found")]
    r#type: String,
    #[schema(example = "Not Found")]
    title: &'a str,
    #[schema(minimum = 400, maximum = 599, example = 404)]
    status: u16,
    #[schema(example = "There is no such thing.")]
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// The path asked for.
    instance: Option<&'a str>,
    #[schema(value_type = ProblemCode)]
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// `X-Request-Id`, by which the server's log knows the request.
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    /// Fields, parameters and headers that do not fit.
    #[schema(required = false)]
    errors: &'a [FieldError],
}

impl Problem {
    /// A problem whose detail is the error's own sentence.
    pub(crate) fn new(kind: ProblemType, error: &impl Display) -> Self {
        let detail = sentence(&error.to_string());
        Self {
            status: kind.status,
            code: kind.code,
            detail,
            errors: Vec::new(),
            headers: Vec::new(),
        }
    }

    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    pub(crate) fn with_detail(self, detail: String) -> Self {
        Self { detail, ..self }
    }

    pub(crate) fn with_errors(self, errors: Vec<FieldError>) -> Self {
        Self { errors, ..self }
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// The problem as a response; the middleware knows the occurrence, the error itself does not.
pub(crate) fn respond(problem: &Problem, occurrence: Option<Occurrence<'_>>) -> HttpResponse {
    let mut response = HttpResponse::build(problem.status);
    for (name, value) in &problem.headers {
        response.insert_header((*name, value.as_str()));
    }
    let body = Body {
        r#type: format!("/problems/{}", problem.code),
        title: problem.status.canonical_reason().unwrap_or("Error"),
        status: problem.status.as_u16(),
        detail: &problem.detail,
        instance: occurrence.map(|occurrence| occurrence.path),
        code: problem.code,
        request_id: occurrence.map(|occurrence| occurrence.request_id),
        errors: &problem.errors,
    };
    response
        .insert_header(("content-type", "application/problem+json"))
        .body(serde_json::to_string(&body).unwrap_or_default())
}

/// Makes an error's message a sentence for people.
fn sentence(message: &str) -> String {
    let mut characters = message.chars();
    match characters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), characters.as_str()),
        None => String::new(),
    }
}
