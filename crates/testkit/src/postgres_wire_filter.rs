//! A TCP proxy on loopback through which a PostgreSQL server cannot notify anybody, to see who
//! depends on notifications.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// The type byte of a `NotificationResponse`.
const NOTIFICATION: u8 = b'A';

/// A proxy in front of one server that passes everything on but the server's notifications.
/// Dropping it ends all its connections.
///
/// It reads the server's messages, each of which is a type byte, a length of four bytes that counts
/// itself, and so much less four bytes of content. The one exception, the bare byte that answers a
/// request for encryption, it does not know: clients must connect with `sslmode=disable`.
pub struct PostgresWireFilter {
    address: SocketAddr,
    dropped: Arc<AtomicU64>,
    _serving: JoinSet<()>,
}

impl PostgresWireFilter {
    /// Starts a proxy in front of the server at `upstream`.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(upstream: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let dropped = Arc::new(AtomicU64::new(0));
        let mut serving = JoinSet::new();
        serving.spawn(serve(listener, upstream, Arc::clone(&dropped)));
        Ok(Self {
            address,
            dropped,
            _serving: serving,
        })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many notifications it kept from its clients so far.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

async fn serve(listener: TcpListener, upstream: SocketAddr, dropped: Arc<AtomicU64>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let dropped = Arc::clone(&dropped);
        connections.spawn(async move {
            // Both sides hear of any error by the end of the connection.
            drop(relay(client, upstream, &dropped).await);
        });
    }
}

/// Relays one connection until the server ends it, as it does when its client has.
async fn relay(client: TcpStream, upstream: SocketAddr, dropped: &AtomicU64) -> io::Result<()> {
    let server = TcpStream::connect(upstream).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut from_client, to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    let requests = async {
        let ended = copy(&mut from_client, &mut to_server).await;
        to_server.shutdown().await?;
        ended
    };
    let answers = pass_on(BufReader::new(from_server), to_client, dropped);
    tokio::pin!(answers);
    tokio::select! {
        ended = &mut answers => ended,
        _client_ended = requests => answers.await,
    }
}

/// Passes the server's messages on, one by one.
async fn pass_on(
    mut server: impl AsyncRead + Unpin,
    mut client: impl AsyncWrite + Unpin,
    dropped: &AtomicU64,
) -> io::Result<()> {
    loop {
        let kind = match server.read_u8().await {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return client.shutdown().await;
            }
            kind => kind?,
        };
        let length = server.read_u32().await?;
        let content = length
            .checked_sub(4)
            .ok_or(io::ErrorKind::InvalidData)
            .map(u64::from)?;
        let mut message = vec![kind];
        message.extend(length.to_be_bytes());
        let read = (&mut server)
            .take(content)
            .read_to_end(&mut message)
            .await?;
        if u64::try_from(read).is_ok_and(|read| read < content) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if kind == NOTIFICATION {
            dropped.fetch_add(1, Ordering::Relaxed);
        } else {
            client.write_all(&message).await?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes through of these bytes, however they are cut up, and how many messages do not.
    async fn passed(bytes: &[u8], piece: usize) -> (io::Result<()>, Vec<u8>, u64) {
        let dropped = AtomicU64::new(0);
        let (mut server, proxied) = tokio::io::duplex(piece);
        let mut passed = Vec::new();
        let (outcome, ()) = tokio::join!(pass_on(proxied, &mut passed, &dropped), async {
            server.write_all(bytes).await.unwrap();
            drop(server);
        });
        (outcome, passed, dropped.into_inner())
    }

    #[tokio::test]
    async fn only_notifications_are_dropped_wherever_the_bytes_are_cut() {
        let bytes = b"Z\0\0\0\x05IA\0\0\0\x0c1234r\0x\0D\0\0\0\x08A\0\0\0N\0\0\0\x04";
        let rest = b"Z\0\0\0\x05ID\0\0\0\x08A\0\0\0N\0\0\0\x04";
        for piece in 1..=bytes.len() {
            let (outcome, passed, dropped) = passed(bytes, piece).await;
            outcome.unwrap();
            assert_eq!((passed.as_slice(), dropped), (rest.as_slice(), 1));
        }
    }

    #[tokio::test]
    async fn what_is_no_message_ends_the_connection() {
        for (bytes, kind) in [
            (b"Z\0\0\0\x03".as_slice(), io::ErrorKind::InvalidData),
            (b"Z\0\0".as_slice(), io::ErrorKind::UnexpectedEof),
            (b"Z\0\0\0\x08I".as_slice(), io::ErrorKind::UnexpectedEof),
        ] {
            let (outcome, passed, dropped) = passed(bytes, 64).await;
            assert_eq!(outcome.unwrap_err().kind(), kind);
            assert_eq!((passed.as_slice(), dropped), ([].as_slice(), 0));
        }
    }
}
