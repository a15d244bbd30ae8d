use std::{iter, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    web::{Bytes, Data, Payload},
};
use serde_json::Value;
use tokio::time::sleep;

use crate::{
    answer::Answer,
    body::paced,
    error::ApiError,
    headers::{EVENT_STREAM, respond, respond_with_error, respond_with_json},
    identity::Identity,
    journal::{Exchange, Outcome, RecordedRequest},
    limits::RateLimitHeaders,
    refusal::error_within_stream,
    reply::{Ending, Reply},
    request::ChatRequest,
    state::State,
    transcript::{End, Transcript},
    wire::Envelope,
};

const BODY_LIMIT: usize = 20 * 1024 * 1024;

pub(super) async fn create_chat_completion(
    state: Data<State>,
    http: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    let identity = state.next_identity();
    let (body, admitted) = admit(&state, &http, payload).await;
    let mut exchange = state
        .journal
        .open(RecordedRequest::new(http.headers(), body));
    let request = match admitted {
        Ok(request) => request,
        Err(error) => {
            exchange.finish(Outcome::refused(&error));
            let response = respond_with_error(&error, &identity.request_id);
            return with_rate_limits(response, state.limiter.headers(), &[]);
        }
    };
    if let Err(exceeded) = state.limiter.admit(&request) {
        exchange.finish(Outcome::refused(&exceeded.error));
        let mut response = respond_with_error(&exceeded.error, &identity.request_id);
        if let Some(seconds) = exceeded.retry_after_seconds {
            let value = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        return with_rate_limits(response, state.limiter.headers(), &[]);
    }
    let rate_limits = state.limiter.headers();

    let reply = state.next_reply();
    sleep(reply.headers_after).await;
    if let Some(refusal) = &reply.refusal {
        exchange.finish(Outcome::Refused {
            status: refusal.status().as_u16(),
        });
        return refusal.respond(request.model.id, &identity.request_id, &reply.headers);
    }
    let answer = Answer::compose(&reply, &request, &state.config);
    let response = if request.stream {
        stream(identity, &request, answer, &reply, exchange)
    } else {
        complete(identity, &request, &answer, &reply, exchange).await
    };
    with_rate_limits(response, rate_limits, &reply.headers)
}

/// Reads and checks the request. The body is returned also if it is refused, for the journal.
async fn admit(
    state: &State,
    http: &HttpRequest,
    payload: Payload,
) -> (Value, Result<ChatRequest, ApiError>) {
    let bytes = match payload.to_bytes_limited(BODY_LIMIT).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => return (Value::Null, Err(ApiError::invalid(error.to_string()))),
        Err(_) => return (Value::Null, Err(ApiError::body_too_large())),
    };
    let parsed = serde_json::from_slice::<Value>(&bytes);
    let admitted = state
        .authorize(http.headers())
        .and_then(|()| match &parsed {
            Ok(body) => ChatRequest::parse(body),
            Err(error) => Err(ApiError::invalid(format!("invalid JSON: {error}"))),
        });
    (parsed.unwrap_or_default(), admitted)
}

fn stream(
    identity: Identity,
    request: &ChatRequest,
    answer: Answer,
    reply: &Reply,
    exchange: Exchange,
) -> HttpResponse {
    let mut response = respond(StatusCode::OK, &identity.request_id);
    response
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::CONTENT_TYPE, EVENT_STREAM));
    add_headers(&mut response, reply);

    let envelope = Envelope::new(identity, request, &answer);
    let error = error_frame(reply, request);
    let error = error.detail.within_stream(error.status);
    let Transcript { frames, end } =
        Transcript::write(answer, reply.ending, request.include_usage, error);
    let events = frames
        .into_iter()
        .map(move |frame| (frame.due, envelope.event(&frame.payload)));
    response.streaming(paced(events, end, exchange))
}

async fn complete(
    identity: Identity,
    request: &ChatRequest,
    answer: &Answer,
    reply: &Reply,
    mut exchange: Exchange,
) -> HttpResponse {
    let tokens = u32::try_from(answer.tokens()).unwrap_or(u32::MAX);
    sleep(
        answer
            .first_token_after
            .saturating_add(answer.interval.saturating_mul(tokens)),
    )
    .await;

    let broken_end = match reply.ending {
        Ending::Complete | Ending::WithoutDone => None,
        Ending::WithoutFinish => Some(End::Clean),
        Ending::Cut { .. } => Some(End::Cut),
        Ending::Stall { .. } => Some(End::Silence),
        Ending::ErrorFrame { .. } => {
            let error = error_frame(reply, request);
            exchange.finish(Outcome::refused(&error));
            return respond_with_error(&error, &identity.request_id);
        }
    };
    let mut response = respond_with_json(StatusCode::OK, &identity.request_id);
    add_headers(&mut response, reply);
    let body = Bytes::from(Envelope::new(identity, request, answer).completion(answer));
    if let Some(end) = broken_end {
        let half = body.slice(..body.len() / 2);
        return response.streaming(paced(iter::once((Duration::ZERO, half)), end, exchange));
    }
    exchange.chunk_sent();
    exchange.finish(Outcome::Completed);
    response.body(body)
}

fn error_frame(reply: &Reply, request: &ChatRequest) -> ApiError {
    let status = reply
        .error_frame_status
        .and_then(|status| StatusCode::from_u16(status).ok());
    error_within_stream(
        status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE),
        request.model.id,
    )
}

/// Replaces the usual numbers by those of the limits in force, except where a script chose some.
fn with_rate_limits(
    mut response: HttpResponse,
    rate_limits: RateLimitHeaders,
    scripted: &[(String, String)],
) -> HttpResponse {
    if response.status() == StatusCode::UNAUTHORIZED {
        return response;
    }
    for (name, value) in rate_limits {
        let chosen = scripted
            .iter()
            .any(|(other, _)| other.eq_ignore_ascii_case(name));
        if !chosen && let Ok(value) = HeaderValue::try_from(value) {
            let name = HeaderName::from_static(name);
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn add_headers(response: &mut HttpResponseBuilder, reply: &Reply) {
    for (name, value) in &reply.headers {
        response.insert_header((name.as_str(), value.as_str()));
    }
}
