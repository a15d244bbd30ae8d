//! Replies on the wire: server-sent events in the vocabulary of OpenAI's Responses streaming.
//!
//! It must not know how a reply is made or followed: it encodes what the engine yields.

mod body;
pub(crate) mod event;
mod wire;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web_lab::sse;
use futures_util::{Stream, StreamExt as _, stream};
use reply_engine::{ClosingReason, Frame, ReplyStream};

use self::body::SseBody;
use self::event::Encoder;
pub(crate) use self::wire::ReplyResponse;
use crate::measures::OpenStream;

/// The headers of a stream, whether or not a body follows.
pub(crate) const HEADERS: [(&str, &str); 5] = [
    ("content-type", "text/event-stream"),
    // Keeps compressing middleware and proxies from gathering events.
    ("content-encoding", "identity"),
    ("cache-control", "no-cache, no-store, no-transform"),
    ("x-accel-buffering", "no"),
    ("vary", "accept, authorization"),
];

/// How soon somebody who lost access may find out why, in case it was a mistake.
const RECONNECT: Duration = Duration::from_secs(5);

/// Streams a reading to its client, until the client should see no more of it.
pub(crate) fn respond(
    reading: ReplyStream,
    access_lost: impl Future<Output = ()> + 'static,
) -> HttpResponse {
    let pulse = reading.pulse();
    let retry = Rc::new(Cell::new(None));
    let announced = Rc::clone(&retry);
    let mut encoder = Encoder::new(reading.reply_id());
    let open = OpenStream::begin();
    let events = until(access_lost, reading).map(move |frame| {
        let _counted_while_it_lasts = &open;
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

/// The frames of a reading until its reader loses access, and then the word of that.
fn until(
    access_lost: impl Future<Output = ()> + 'static,
    reading: ReplyStream,
) -> impl Stream<Item = Frame> {
    stream::unfold(
        Some((reading, Box::pin(access_lost))),
        |reading| async move {
            let (mut reading, mut access_lost) = reading?;
            tokio::select! {
                biased;
                () = &mut access_lost => {
                    let closing = Frame::Closing {
                        reason: ClosingReason::AccessLost,
                        reconnect: RECONNECT,
                    };
                    Some((closing, None))
                }
                frame = reading.next() => Some((frame?, Some((reading, access_lost)))),
            }
        },
    )
}
