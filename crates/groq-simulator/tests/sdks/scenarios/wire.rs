use groq_simulator::{ChunkShape, LineEnd, Reply, Writes};

use crate::{ANSWER, expected::Expected, scenario::Scenario};

fn answer() -> Reply {
    Reply::text(ANSWER)
}

fn pieces() -> Reply {
    Reply::new().with_pieces(["Please", " restart"])
}

/// A stream as it stands.
fn raw(body: &str) -> Reply {
    Reply::status(200)
        .with_header("content-type", "text/event-stream")
        .body(body)
}

/// Unusual streams that both SDKs read.
pub fn understood() -> Vec<Scenario> {
    let same = |name, reply| Scenario::new(name, [reply], Expected::text(ANSWER));
    vec![
        same("chunks of 2025", answer().chunk_shape(ChunkShape::Of2025)),
        same("CRLF", answer().line_ends(LineEnd::CrLf)),
        same("CR", answer().line_ends(LineEnd::Cr)),
        same("single bytes", answer().writes(Writes::Bytes(1))),
        same(
            "split characters",
            answer().writes(Writes::WithinCharacters),
        ),
        same(
            "split line ends",
            answer()
                .line_ends(LineEnd::CrLf)
                .writes(Writes::WithinLineEnds),
        ),
        same(
            "comments",
            answer()
                .insert_after(0, ": hello\n\n")
                .insert_after(2, ":\n"),
        ),
        Scenario::new(
            "a line separator of Unicode",
            [Reply::new().with_pieces(["one\u{2028}two"])],
            Expected::text("one\u{2028}two"),
        ),
        Scenario::new(
            "no space after the colon",
            [raw(
                "data:{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\n",
            )],
            Expected::text("Hi").chunks(1),
        ),
        Scenario::new(
            "data of several lines",
            [raw(
                "data: {\"choices\":[{\"index\":0,\ndata: \"delta\":{\"content\":\"Hi\"}}]}\n\n",
            )],
            Expected::text("Hi").chunks(1),
        ),
        // The role chunk, two deltas and the finish chunk.
        Scenario::new(
            "a ping that is JSON",
            [pieces().insert_after(2, "event: ping\ndata: {}\n\n")],
            Expected::text("Please restart").chunks(5),
        ),
    ]
}

/// Unusual streams that an SDK stumbles over.
pub fn misunderstood() -> Vec<Scenario> {
    let not_json = || Expected::error("json.JSONDecodeError", None).after("Please");
    let syntax = || Expected::error("SyntaxError", None).after("Please");
    vec![
        // Python loses the first event, which has no text.
        Scenario::new(
            "a byte order mark",
            [pieces().byte_order_mark()],
            Expected::text("Please restart").chunks(3),
        )
        .in_javascript(Expected::text("Please restart").chunks(4)),
        Scenario::new(
            "a ping without data",
            [pieces().insert_after(2, "event: ping\ndata:\n\n")],
            not_json(),
        )
        .in_javascript(syntax()),
        Scenario::new(
            "data that is not JSON",
            [pieces().insert_after(2, "data: {\"choices\":[\n\n")],
            not_json(),
        )
        .in_javascript(syntax()),
    ]
}
