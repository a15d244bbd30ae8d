use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{TestApp, soon};

/// A connection on which bytes are sent as they are.
pub struct RawConnection {
    stream: TcpStream,
    /// Everything that came back.
    pub answered: Vec<u8>,
}

impl RawConnection {
    pub async fn open(address: SocketAddr) -> Self {
        let stream = soon("a connection", TcpStream::connect(address)).await;
        Self {
            stream: stream.expect("a connection"),
            answered: Vec::new(),
        }
    }

    /// Sends bytes; a server that has closed its side may not take them any more.
    pub async fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    /// Reads until that was answered.
    pub async fn until(&mut self, wanted: &str) {
        let reading = async {
            while !self.text().contains(wanted) {
                assert!(self.read().await, "closed before {wanted}: {}", self.text());
            }
        };
        soon("an answer", reading).await;
    }

    /// Reads until the server closes.
    pub async fn until_closed(&mut self) {
        soon("the connection's end", async { while self.read().await {} }).await;
    }

    /// Sends these bytes again and again until the server closes.
    pub async fn drip_until_closed(&mut self, bytes: &[u8]) {
        let mut ticks = tokio::time::interval(std::time::Duration::from_millis(100));
        let dripping = async {
            loop {
                tokio::select! {
                    open = self.stream.read_buf(&mut self.answered) => {
                        if !open.is_ok_and(|read| read > 0) {
                            return;
                        }
                    }
                    _ = ticks.tick() => {
                        if self.stream.write_all(bytes).await.is_err() {
                            return;
                        }
                    }
                }
            }
        };
        soon("the connection's end", dripping).await;
    }

    /// Whether nothing comes for a while.
    pub async fn is_silent(&mut self) -> bool {
        let while_waiting = std::time::Duration::from_millis(300);
        tokio::time::timeout(while_waiting, self.read())
            .await
            .is_err()
    }

    async fn read(&mut self) -> bool {
        let read = self.stream.read_buf(&mut self.answered).await;
        read.is_ok_and(|read| read > 0)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.answered).into_owned()
    }

    /// The status of every response that came.
    pub fn statuses(&self) -> Vec<u16> {
        let text = self.text();
        let responses = text.split("HTTP/1.1 ").skip(1);
        responses
            .map(|response| {
                let status = response.split(' ').next();
                let status = status.and_then(|status| status.parse().ok());
                status.expect("a status")
            })
            .collect()
    }
}

impl TestApp {
    /// A connection on which bytes are sent as they are.
    pub async fn connect(&self) -> RawConnection {
        RawConnection::open(self.address).await
    }

    /// Sends these bytes on a new connection and reads until the server closes.
    pub async fn send_raw(&self, bytes: &[u8]) -> RawConnection {
        let mut connection = self.connect().await;
        connection.send(bytes).await;
        connection.until_closed().await;
        connection
    }
}
