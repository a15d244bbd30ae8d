use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    web::{Data, Payload},
};
use serde_json::Value;
use tokio::time::sleep;

use crate::{
    answering::Answering,
    connection::Breaker,
    error::ApiError,
    headers::respond_with_error,
    journal::{Outcome, RecordedRequest},
    limits::RateLimitHeaders,
    reply::{Ending, Reply, SIMULATE},
    request::ChatRequest,
    state::State,
};

const BODY_LIMIT: usize = 20 * 1024 * 1024;

/// A request that is in order, and what it wants to be answered with.
struct Admitted {
    request: ChatRequest,
    own_reply: Option<Reply>,
}

pub(super) async fn create_chat_completion(
    state: Data<State>,
    http: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    let identity = state.next_identity();
    let (body, admitted) = admit(&state, &http, payload).await;
    let mut exchange =
        state
            .journal
            .open(RecordedRequest::new(http.peer_addr(), http.headers(), body));
    let Admitted { request, own_reply } = match admitted {
        Ok(admitted) => admitted,
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

    let reply = state.next_reply(own_reply);
    let breaker = http.conn_data::<Breaker>().cloned().unwrap_or_default();
    sleep(reply.headers_after).await;
    if reply.ending == Ending::CutBeforeHead {
        exchange.finish(Outcome::Cut);
        let how = reply.wire_format.manner_of_break();
        return breaker.break_off(how).await;
    }
    let answering = Answering {
        identity,
        request,
        reply: reply.clone(),
        exchange,
        breaker,
    };
    if let Some(refusal) = &reply.refusal {
        let response = answering.refuse(refusal);
        // The headers of a 429 go with its message, which is scripted, too.
        return if refusal.status() == StatusCode::TOO_MANY_REQUESTS {
            response
        } else {
            with_rate_limits(response, state.limiter.headers(), &reply.headers)
        };
    }
    let rate_limits = state.limiter.headers();
    let answer = answering.compose(&state.config);
    if answering.request.token_budget.is_none() {
        state.limiter.take_output(answer.tokens());
    }
    let response = if answering.request.stream {
        answering.stream(answer)
    } else {
        answering.complete(&answer).await
    };
    with_rate_limits(response, rate_limits, &reply.headers)
}

/// Reads and checks the request. The body is returned also if it is refused, for the journal.
async fn admit(
    state: &State,
    http: &HttpRequest,
    payload: Payload,
) -> (Value, Result<Admitted, ApiError>) {
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
        })
        .and_then(|request| {
            let own_reply = own_reply(http)?;
            Ok(Admitted { request, own_reply })
        });
    (parsed.unwrap_or_default(), admitted)
}

fn own_reply(http: &HttpRequest) -> Result<Option<Reply>, ApiError> {
    let Some(value) = http.headers().get(SIMULATE) else {
        return Ok(None);
    };
    let value = value
        .to_str()
        .map_err(|error| ApiError::invalid(format!("'{SIMULATE}' : {error}")))?;
    Reply::from_header(value).map(Some)
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
