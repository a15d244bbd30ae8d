use actix_web::http::StatusCode;
use actix_web::http::header::{Accept, Header as _};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::use_cases::Authenticated;
use reply_engine::{Cursor, Opening};
use serde::Deserialize;
use utoipa::IntoParams;

use super::reply_response::state_response;
use crate::error::ApiError;
use crate::extract::{CurrentSession, QueryParameters, SignedIn, TicketPath};
use crate::openapi::answers::AnswerState;
use crate::openapi::problems::{self, Problems};
use crate::sse;
use crate::use_cases::UseCases;

/// Other parameters are ignored: clients add some of their own to get around caches.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StreamQuery {
    /// Like the header, which wins.
    last_event_id: Option<String>,
    /// The last event's `sequence_number`.
    starting_after: Option<String>,
    /// `true` for events whatever `Accept` says.
    stream: Option<String>,
}

impl StreamQuery {
    /// Whether events are asked for by name: OpenAI's SDKs send `Accept: application/json` even
    /// when they read a stream.
    fn wants_events(&self) -> bool {
        self.stream.as_deref() == Some("true")
    }
}

type Request = SignedIn<(CurrentSession, TicketPath, QueryParameters<StreamQuery>)>;

/// `GET /tickets/{id}/ai-response`: streams the answer to the newest customer message, generating
/// it if there is none yet. JSON and prefetching only ever show what exists.
#[utoipa::path(
    get,
    path = "/tickets/{ticket_id}/ai-response",
    operation_id = "stream_ai_response",
    tag = "Answers",
    summary = "Stream the answer",
    description = "Streams the answer to the newest customer message, or to the description while there is none. \
        The first request has it generated; every other one, at any time, reads the same answer. \
        With `Accept: application/json` its state is shown and nothing generated.",
    params(
        ("ticket_id" = Uuid, Path, description = "The ticket; an id that is no UUID names none"),
        StreamQuery,
        ("Last-Event-ID" = Option<String>, Header,
            description = "The last event that was read: what follows is what is missing"),
    ),
    responses(
        (
            status = 200,
            description = "The events, or the state",
            content(
                (String = "text/event-stream"),
                (AnswerState = "application/json"),
            ),
            headers(("Cache-Control" = String, description = "Not to be kept"))
        ),
        (status = 204, description = "The cursor is at the end, or there is nothing to answer"),
        Problems<(problems::SignedIn, problems::Parameters, problems::Thing, problems::Generation)>,
    ),
)]
pub(crate) async fn stream_ai_response(
    use_cases: web::Data<UseCases>,
    request: HttpRequest,
    SignedIn(actor, (CurrentSession(session), TicketPath(id), QueryParameters(query))): Request,
) -> Result<HttpResponse, ApiError> {
    if wants_state(&request, &query) {
        let reply = use_cases.show_reply.execute(actor, id).await?;
        return Ok(state_response(StatusCode::OK, reply.as_ref()));
    }
    let cursor = cursor(&request, query);
    let by = Authenticated { actor, session };
    let (reader, opening) = use_cases.stream_reply.execute(by, id, cursor).await?;
    Ok(opening_response(opening, use_cases.access.lost(reader)))
}

/// The stream, for as long as its reader may read it, or the word that there is nothing more.
pub(super) fn opening_response(
    opening: Opening,
    access_lost: impl Future<Output = ()> + 'static,
) -> HttpResponse {
    match opening {
        Opening::Stream(reading) => sse::respond(reading, access_lost),
        Opening::Finished => HttpResponse::NoContent().finish(),
    }
}

/// `HEAD /tickets/{id}/ai-response`: the headers of the stream; never generates.
pub(crate) async fn peek_ai_response(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, TicketPath(id)): SignedIn<TicketPath>,
) -> Result<HttpResponse, ApiError> {
    use_cases.show_reply.execute(actor, id).await?;
    let mut response = HttpResponse::Ok();
    for header in sse::HEADERS {
        response.insert_header(header);
    }
    Ok(response.finish())
}

/// Whether the client is only to be shown what there is.
pub(super) fn wants_state(request: &HttpRequest, query: &StreamQuery) -> bool {
    is_prefetch(request) || (wants_json(request) && !query.wants_events())
}

/// Whether the client asks for JSON and not for events.
fn wants_json(request: &HttpRequest) -> bool {
    let accepted = Accept::parse(request)
        .map(|accept| accept.ranked())
        .unwrap_or_default();
    let names = |wanted: &str| accepted.iter().any(|mime| mime.essence_str() == wanted);
    names("application/json") && !names("text/event-stream")
}

/// Whether a browser asks ahead of its user (Fetch Standard, `Sec-Purpose`).
fn is_prefetch(request: &HttpRequest) -> bool {
    ["sec-purpose", "purpose", "x-moz"].iter().any(|name| {
        let value = request
            .headers()
            .get(*name)
            .and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.to_ascii_lowercase().contains("prefetch"))
    })
}

/// Where to continue; the header wins over the parameters. An empty id is none, as in the HTML
/// Standard.
pub(super) fn cursor(request: &HttpRequest, query: StreamQuery) -> Option<Cursor> {
    let header = request.headers().get("last-event-id");
    let header = header.map(|value| value.to_str().unwrap_or("?").to_owned());
    if let Some(id) = header.or(query.last_event_id).filter(|id| !id.is_empty()) {
        return Some(id.parse().map_or(Cursor::Unusable, Cursor::Event));
    }
    let number = query.starting_after.filter(|number| !number.is_empty())?;
    Some(number.parse().map_or(Cursor::Unusable, Cursor::Sequence))
}
