mod chunked;

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub(crate) use self::chunked::Chunked;

/// Heads have far fewer here.
const MAX_HEADERS: usize = 48;

/// A connection that is kept, for one request at a time. It does as little as can be done, so that
/// what it costs is not taken for the server's.
pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// What is before the body of an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) length: usize,
    /// How many bytes of body follow, if that was told.
    pub(crate) body: Option<usize>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let received = Vec::new();
        Ok(Self { stream, received })
    }

    /// Sends a request and reads the answer to its end; returns the status and the body.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<(u16, &[u8])> {
        let head = self.send(request).await?;
        let body = head
            .body
            .ok_or_else(|| malformed("an answer of unknown length"))?;
        while self.received.len() < head.length + body {
            self.read().await?;
        }
        let body = self.received.get(head.length..head.length + body);
        Ok((head.status, body.unwrap_or_default()))
    }

    /// Sends a request whose answer has no end yet; returns the status, what came of the body
    /// already, and the connection for the rest.
    pub(crate) async fn stream(mut self, request: &[u8]) -> io::Result<(u16, Vec<u8>, TcpStream)> {
        let head = self.send(request).await?;
        self.received.drain(..head.length);
        Ok((head.status, self.received, self.stream))
    }

    async fn send(&mut self, request: &[u8]) -> io::Result<Head> {
        self.received.clear();
        self.stream.write_all(request).await?;
        loop {
            self.read().await?;
            if let Some(head) = head(&self.received)? {
                return Ok(head);
            }
        }
    }

    async fn read(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.received).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// A request as it goes over the wire.
pub(crate) fn request(method: &str, path: &str, token: &str, body: Option<&str>) -> Vec<u8> {
    let authorization = match token {
        "" => String::new(),
        token => format!("authorization: Bearer {token}\r\n"),
    };
    let length = body.map_or_else(String::new, |body| {
        let length = body.len();
        format!("content-type: application/json\r\ncontent-length: {length}\r\n")
    });
    let body = body.unwrap_or_default();
    let request =
        format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n{authorization}{length}\r\n{body}");
    request.into_bytes()
}

/// The same request with the id of the last event that was seen.
pub(crate) fn resuming(request: &[u8], id: &str) -> Vec<u8> {
    // The empty line that ends the head makes place for one more header.
    let head = request.strip_suffix(b"\r\n").unwrap_or(request);
    [head, format!("last-event-id: {id}\r\n\r\n").as_bytes()].concat()
}

fn head(received: &[u8]) -> io::Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let length = match response.parse(received).map_err(io::Error::other)? {
        httparse::Status::Partial => return Ok(None),
        httparse::Status::Complete(length) => length,
    };
    let body = response
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"))
        .and_then(|header| std::str::from_utf8(header.value).ok()?.parse().ok());
    let status = response.code.unwrap_or_default();
    let body = if status == 204 { Some(0) } else { body };
    Ok(Some(Head {
        status,
        length,
        body,
    }))
}

pub(crate) fn malformed(what: &'static str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_tells_status_and_lengths_once_it_is_complete() {
        let answer = b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhello";

        assert_eq!(head(&answer[..20]).unwrap(), None);
        assert_eq!(
            head(answer).unwrap(),
            Some(Head {
                status: 201,
                length: 43,
                body: Some(5)
            })
        );
    }

    #[test]
    fn a_request_with_a_body_tells_its_length() {
        let request = request("POST", "/tickets", "t", Some("{}"));

        assert_eq!(
            String::from_utf8(request).unwrap(),
            "POST /tickets HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer t\r\n\
             content-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
        );
    }

    #[test]
    fn whoever_resumes_sends_one_header_more() {
        let request = request("GET", "/", "", None);

        assert_eq!(
            String::from_utf8(resuming(&request, "a.1")).unwrap(),
            "GET / HTTP/1.1\r\nhost: localhost\r\nlast-event-id: a.1\r\n\r\n"
        );
    }
}
