use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use futures_util::stream;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::openapi::problems::Problems;
use crate::sse;

/// The numbers of the events, the first one included.
pub(crate) const EVENTS: u32 = 5;
/// Between two events.
pub(crate) const PAUSE: Duration = Duration::from_millis(500);

/// One of the events.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the events are written as text")]
pub(crate) struct ProbeEvent {
    #[schema(example = "0")]
    id: String,
    #[schema(example = "probe")]
    event: String,
    #[schema(example = "{\"type\":\"probe\",\"sequence_number\":0}")]
    data: String,
}

/// `GET /health/stream`: a stream of the same kind as an answer's, by which is found out what
/// proxies make of it. It says nothing, needs nothing, and ends by itself.
#[utoipa::path(
    get,
    path = "/health/stream",
    operation_id = "probe_stream",
    tag = "Service",
    summary = "Try a stream",
    description = "Five events within two seconds, a comment between them, to find out whether proxies \
        pass streams on as they come. `Last-Event-ID` leaves out what came before.",
    params(
        ("Last-Event-ID" = Option<String>, Header, description = "The last event that was read"),
    ),
    responses(
        (status = 200, description = "The events", content((ProbeEvent = "text/event-stream"))),
        Problems<()>,
    ),
    security(()),
)]
pub(crate) async fn probe_stream(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let last = request.headers().get("last-event-id");
    let last = last.and_then(|value| value.to_str().ok()?.parse().ok());
    let first = last.map_or(0, |last: u32| last.saturating_add(1));
    let mut frames: VecDeque<String> = (first..EVENTS).map(frame).collect();
    if let Some(opening) = frames.front_mut() {
        // What is silent for longer hears such comments.
        opening.push_str(": hb\n");
    }
    let frames = stream::unfold((frames, true), |(mut frames, at_once)| async move {
        let frame = frames.pop_front()?;
        if !at_once {
            tokio::time::sleep(PAUSE).await;
        }
        Some((Ok::<_, Infallible>(Bytes::from(frame)), (frames, false)))
    });
    let mut response = HttpResponse::Ok();
    for header in sse::HEADERS {
        response.insert_header(header);
    }
    Ok(response.streaming(frames))
}

fn frame(number: u32) -> String {
    format!(
        "id: {number}\nevent: probe\ndata: {{\"type\":\"probe\",\"sequence_number\":{number}}}\n\n"
    )
}
