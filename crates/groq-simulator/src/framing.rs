use bytes::Bytes;

use crate::{
    body::Part,
    reply::{LineEnd, WireFormat},
    transcript::{Payload, Tail, Transcript},
    wire::Envelope,
};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The bytes of the events, in the form that was asked for.
pub(crate) fn parts(
    transcript: Transcript,
    envelope: Envelope,
    format: &WireFormat,
) -> impl Iterator<Item = Part> + use<> {
    let Transcript { frames, tail, .. } = transcript;
    let line_ends = format.line_ends;
    let byte_order_mark = format.byte_order_mark;
    let unterminated = format.unterminated && tail.is_none();
    let unterminated = frames.len().checked_sub(1).filter(|_| unterminated);

    let frames = frames
        .into_iter()
        .chain(tail.into_iter().flat_map(Tail::frames));
    frames.enumerate().map(move |(place, frame)| {
        let is_event = !matches!(frame.payload, Payload::Raw(_));
        let mut bytes = envelope.event(&frame.payload);
        if unterminated == Some(place) {
            bytes = without_blank_line(bytes);
        }
        if is_event {
            bytes = with_line_ends(bytes, line_ends);
        }
        if byte_order_mark && place == 0 {
            bytes = [BYTE_ORDER_MARK.as_bytes(), &bytes].concat().into();
        }
        Part {
            due: frame.due,
            bytes,
            ends_chunk: is_event,
        }
    })
}

fn without_blank_line(mut bytes: Bytes) -> Bytes {
    if bytes.ends_with(b"\n\n") {
        bytes.truncate(bytes.len() - 1);
    }
    bytes
}

/// An event has line feeds at the ends of its lines only.
fn with_line_ends(bytes: Bytes, line_ends: LineEnd) -> Bytes {
    if line_ends == LineEnd::Lf {
        return bytes;
    }
    let lines = bytes.split(|byte| *byte == b'\n').collect::<Vec<_>>();
    Bytes::from(lines.join(line_ends.text().as_bytes()))
}
