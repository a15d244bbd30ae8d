use std::fmt::Write as _;

/// The head of a streamed answer; its body is sent in [`chunk`]s.
pub const STREAM_HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
     connection: close\r\ntransfer-encoding: chunked\r\n\r\n";

/// What ends a body that is sent in chunks.
pub const LAST_CHUNK: &str = "0\r\n\r\n";

/// One chunk of a body.
pub fn chunk(body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!("{:x}\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes.extend_from_slice(b"\r\n");
    bytes
}

/// A body cut into chunks of at most `size` bytes, without the end of the body. A client sees each
/// chunk on its own.
pub fn chunks_of(size: usize, body: impl AsRef<[u8]>) -> Vec<u8> {
    body.as_ref().chunks(size.max(1)).flat_map(chunk).collect()
}

/// A whole streamed answer with this text of server-sent events.
pub fn streamed(events: impl AsRef<[u8]>) -> Vec<u8> {
    let mut bytes = STREAM_HEAD.as_bytes().to_vec();
    bytes.extend(chunk(events));
    bytes.extend_from_slice(LAST_CHUNK.as_bytes());
    bytes
}

/// A whole answer of a known length. The status is the line's rest, such as `404 Not Found`.
pub fn response(status: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut head = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        // Writing to a string cannot fail.
        write!(head, "{name}: {value}\r\n").unwrap_or_default();
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}
