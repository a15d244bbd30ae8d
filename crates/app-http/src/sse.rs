//! Replies on the wire: server-sent events in the vocabulary of OpenAI's Responses streaming.

mod body;
mod event;
mod wire;

use std::cell::Cell;
use std::rc::Rc;

use actix_web::HttpResponse;
use actix_web_lab::sse;
use futures_util::StreamExt as _;
use reply_engine::{Frame, ReplyStream};

use self::body::SseBody;
use self::event::Encoder;
pub(crate) use self::wire::ReplyResponse;

/// The headers of a stream, whether or not a body follows.
pub(crate) const HEADERS: [(&str, &str); 5] = [
    ("content-type", "text/event-stream"),
    // Keeps compressing middleware and proxies from gathering events.
    ("content-encoding", "identity"),
    ("cache-control", "no-cache, no-store, no-transform"),
    ("x-accel-buffering", "no"),
    ("vary", "accept, authorization"),
];

/// Streams a reading to its client.
pub(crate) fn respond(reading: ReplyStream) -> HttpResponse {
    let pulse = reading.pulse();
    let retry = Rc::new(Cell::new(None));
    let announced = Rc::clone(&retry);
    let mut encoder = Encoder::new(reading.reply_id());
    let events = reading.into_stream().map(move |frame| {
        if let Frame::Closing { reconnect, .. } = &frame {
            announced.set(Some(reconnect.as_millis()));
        }
        sse::Event::Data(encoder.encode(&frame))
    });
    let body = SseBody::new(
        sse::Sse::from_infallible_stream(events),
        move || pulse.is_alive(),
        retry,
    );
    let mut response = HttpResponse::Ok();
    for header in HEADERS {
        response.insert_header(header);
    }
    response.body(body)
}
