use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use domain::reply::Reply;
use serde::Serialize;

use crate::sse::ReplyResponse;

#[derive(Serialize)]
struct NoReply {
    status: &'static str,
}

/// A reply's state as JSON, or that there is none.
pub(super) fn state_response(status: StatusCode, reply: Option<&Reply>) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    match reply {
        Some(reply) => response.json(ReplyResponse::new(reply)),
        None => response.json(NoReply { status: "none" }),
    }
}
