//! A client of a stream that decides itself when it reads and how it leaves.

use std::net::SocketAddr;
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::binary::Server;
use crate::harness::soon;

/// One connection with one request for a stream.
pub struct RawClient {
    socket: TcpStream,
    /// Every byte read so far.
    pub read: Vec<u8>,
}

impl RawClient {
    /// As little as the kernel lets one have.
    pub const TINY: u32 = 1;
    /// More than any answer here needs.
    pub const LARGE: u32 = 4 * 1024 * 1024;

    const SMALL_SEGMENTS: u32 = 536;

    /// Asks for the ticket's answer and reads until the first event has begun.
    pub async fn open(server: &Server, ticket: &str, token: &str, receive_buffer: u32) -> Self {
        let host = server.base_url().trim_start_matches("http://");
        let address: SocketAddr = host.parse().expect("an address");
        let socket = TcpSocket::new_v4().expect("a socket");
        // Only what is set before the connection is made bounds the window from the start.
        let set = socket.set_recv_buffer_size(receive_buffer);
        set.expect("a receive buffer");
        if receive_buffer == Self::TINY {
            // Over loopback's huge segments a server's kernel would buffer megabytes.
            let set = SockRef::from(&socket).set_tcp_mss(Self::SMALL_SEGMENTS);
            set.expect("small segments");
        }
        let socket = soon("a connection", socket.connect(address)).await;
        let mut client = Self {
            socket: socket.expect("a connection"),
            read: Vec::new(),
        };
        let request = format!(
            "GET {ticket}/ai-response HTTP/1.1\r\nHost: {host}\r\n\
             Authorization: Bearer {token}\r\n\r\n"
        );
        let asked = client.socket.write_all(request.as_bytes()).await;
        asked.expect("a request");
        soon("the first event", client.until("event: response.created")).await;
        client
    }

    /// Reads until that has come.
    pub async fn until(&mut self, wanted: &str) {
        let mut searched = 0;
        while !has(&self.read[searched..], wanted) {
            searched = self.read.len().saturating_sub(wanted.len());
            let number = self.socket.read_buf(&mut self.read).await.expect("bytes");
            assert!(number > 0, "ended before {wanted}");
        }
    }

    /// Reads until the answer's end, which is that of a body in chunks.
    pub async fn finish(&mut self) {
        soon("the whole answer", self.until("\r\n0\r\n\r\n")).await;
    }

    /// Reads one byte; none when nothing more comes.
    pub async fn read_one(&mut self) -> Option<u8> {
        let byte = self.socket.read_u8().await.ok()?;
        self.read.push(byte);
        Some(byte)
    }

    /// Gives the kernel room for what is to come.
    pub fn hurry(&self) {
        let socket = SockRef::from(&self.socket);
        let set = socket.set_recv_buffer_size(usize::try_from(Self::LARGE).expect("a size"));
        set.expect("a receive buffer");
    }

    /// Ends its own side politely and waits until the server has ended its own.
    pub async fn leave_politely(mut self) {
        self.socket.shutdown().await.expect("a polite end");
        let mut rest = [0; 4096];
        while soon("the server's end", self.socket.read(&mut rest))
            .await
            .is_ok_and(|n| n > 0)
        {}
    }

    /// Leaves with a reset.
    pub fn vanish(self) {
        let socket = SockRef::from(&self.socket);
        let set = socket.set_linger(Some(Duration::ZERO));
        set.expect("no lingering");
    }

    /// The body read so far without its framing by chunks.
    pub fn body(&self) -> String {
        let text = String::from_utf8_lossy(&self.read);
        let (_head, mut rest) = text.split_once("\r\n\r\n").expect("a head");
        let mut body = String::new();
        while let Some((size, after)) = rest.split_once("\r\n") {
            let size = usize::from_str_radix(size, 16).expect("the size of a chunk");
            let Some((chunk, after)) = after.split_at_checked(size) else {
                break;
            };
            body.push_str(chunk);
            rest = after.trim_start_matches("\r\n");
        }
        body
    }
}

fn has(bytes: &[u8], wanted: &str) -> bool {
    bytes
        .windows(wanted.len())
        .any(|at| at == wanted.as_bytes())
}
