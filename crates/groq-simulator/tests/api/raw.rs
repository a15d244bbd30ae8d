use std::io::ErrorKind;

use groq_simulator::Reply;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::harness::{Harness, streaming};

/// A response as it came over the connection.
pub struct Raw {
    pub head: String,
    /// The chunks of the transfer encoding, one for each write of the body.
    pub writes: Vec<Vec<u8>>,
    /// Whether the body has its end.
    pub is_complete: bool,
    pub error: Option<ErrorKind>,
}

impl Raw {
    /// The answer to a streaming request that is scripted like this.
    pub async fn of(reply: Reply) -> Self {
        let harness = Harness::scripted(reply).await;
        Self::ask(&harness, &streaming()).await
    }

    pub async fn ask(harness: &Harness, body: &Value) -> Self {
        let body = body.to_string();
        let request = format!(
            "POST /openai/v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n\
             authorization: Bearer gsk_test\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut connection = TcpStream::connect(harness.simulator.address())
            .await
            .expect("a connection");
        connection
            .write_all(request.as_bytes())
            .await
            .expect("the request is taken");
        let mut bytes = Vec::new();
        let end = connection.read_to_end(&mut bytes).await;
        Self::parse(&bytes, end.err().map(|error| error.kind()))
    }

    pub fn body(&self) -> Vec<u8> {
        self.writes.concat()
    }

    #[track_caller]
    pub fn text(&self) -> String {
        String::from_utf8(self.body()).expect("UTF-8")
    }

    fn parse(bytes: &[u8], error: Option<ErrorKind>) -> Self {
        let head = find(bytes, b"\r\n\r\n").map_or(0, |end| end + 4);
        let (head, mut rest) = bytes.split_at(head);
        let mut raw = Self {
            head: String::from_utf8(head.to_vec()).expect("an ASCII head"),
            writes: Vec::new(),
            is_complete: false,
            error,
        };
        while let Some(end) = find(rest, b"\r\n") {
            let length = std::str::from_utf8(&rest[..end]).expect("a length");
            let length = usize::from_str_radix(length, 16).expect("a length");
            let chunk = &rest[end + 2..];
            if length == 0 {
                raw.is_complete = true;
                break;
            }
            raw.writes.push(chunk[..length].to_vec());
            rest = &chunk[length + 2..];
        }
        raw
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
