use actix_web::{
    HttpResponse,
    web::{Bytes, Data},
};
use serde::Serialize;
use serde_json::json;

use crate::{
    journal::{Counts, RecordedRequest},
    limits::RateLimits,
    reply::ScriptedReply,
    state::State,
};

#[derive(Serialize)]
struct JournalResponse {
    counts: Counts,
    requests: Vec<RecordedRequest>,
}

/// Takes an array of replies, and all of them or none.
pub(super) async fn enqueue_replies(state: Data<State>, body: Bytes) -> HttpResponse {
    match serde_json::from_slice::<Vec<ScriptedReply>>(&body) {
        Ok(replies) => {
            let queued = replies.len();
            state.script(replies);
            HttpResponse::Ok().json(json!({ "queued": queued }))
        }
        Err(error) => HttpResponse::BadRequest().json(json!({ "error": error.to_string() })),
    }
}

pub(super) async fn limit_rates(state: Data<State>, body: Bytes) -> HttpResponse {
    match serde_json::from_slice::<RateLimits>(&body) {
        Ok(limits) => {
            state.limiter.set(limits);
            HttpResponse::NoContent().finish()
        }
        Err(error) => HttpResponse::BadRequest().json(json!({ "error": error.to_string() })),
    }
}

pub(super) async fn list_requests(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(JournalResponse {
        counts: state.journal.counts(),
        requests: state.journal.requests(),
    })
}

pub(super) async fn reset(state: Data<State>) -> HttpResponse {
    state.reset();
    HttpResponse::NoContent().finish()
}
