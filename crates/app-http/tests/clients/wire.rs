use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::running::PATIENCE;

type Log = Arc<watch::Sender<Vec<Exchange>>>;

/// A relay before the server that keeps what goes over the wire.
pub struct Wire {
    address: SocketAddr,
    log: Log,
    _serving: JoinSet<()>,
}

/// A request without a body, and as much of its answer as came.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    request: String,
    answer: Vec<u8>,
    is_over: bool,
}

impl Wire {
    pub async fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let log = Arc::new(watch::Sender::default());
        let keeping = Arc::clone(&log);
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                connections.spawn(relay(client, server, Arc::clone(&keeping)));
            }
        });
        Self {
            address,
            log,
            _serving: serving,
        }
    }

    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What was asked of streams, in its order.
    pub fn streams(&self) -> Vec<Exchange> {
        streams(&self.log.borrow())
    }

    /// Waits until the streams so far are such.
    #[track_caller]
    pub fn until<'a>(
        &'a self,
        what: &'a str,
        is_so: impl Fn(&[Exchange]) -> bool + 'a,
    ) -> impl Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let mut changes = self.log.subscribe();
            let so = changes.wait_for(|log| is_so(&streams(log)));
            let waited = tokio::time::timeout(PATIENCE, so).await.is_ok();
            assert!(waited, "{caller}: {what}: {:?}", self.streams());
        }
    }
}

impl Exchange {
    pub fn status(&self) -> &str {
        let first = self.answer_head().lines().next().unwrap_or_default();
        first.split(' ').nth(1).unwrap_or_default()
    }

    pub fn request_header(&self, name: &str) -> Option<&str> {
        header(&self.request, name)
    }

    pub fn answer_header(&self, name: &str) -> Option<&str> {
        header(self.answer_head(), name)
    }

    /// The id of the last event of the answer.
    pub fn last_id(&self) -> Option<&str> {
        let mut lines = self.text().lines();
        lines.rfind(|line| line.starts_with("id: "))?.get(4..)
    }

    /// Whether its connection is gone.
    pub const fn is_over(&self) -> bool {
        self.is_over
    }

    /// Whether the answer has broken its silence.
    pub fn has_heartbeat(&self) -> bool {
        self.text().contains("\n: hb\n")
    }

    fn answer_head(&self) -> &str {
        self.text().split("\r\n\r\n").next().unwrap_or_default()
    }

    fn text(&self) -> &str {
        // The body is sent in chunks of whole events, so that only a cut leaves half a character.
        match std::str::from_utf8(&self.answer) {
            Ok(text) => text,
            Err(error) => {
                let whole = &self.answer[..error.valid_up_to()];
                std::str::from_utf8(whole).expect("UTF-8 as far as it goes")
            }
        }
    }
}

fn streams(log: &[Exchange]) -> Vec<Exchange> {
    let is_stream = |exchange: &&Exchange| {
        let target = exchange.request.split(' ').nth(1).unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default();
        path.ends_with("/ai-response")
    };
    log.iter().filter(is_stream).cloned().collect()
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

async fn relay(client: TcpStream, server: SocketAddr, log: Log) {
    let Ok(server) = TcpStream::connect(server).await else {
        return;
    };
    let current = watch::Sender::new(None);
    let (asking, answering) = client.into_split();
    let (answers, asked) = server.into_split();
    tokio::select! {
        () = keep_requests(asking, asked, &log, &current) => {}
        () = keep_answers(answers, answering, &log, &current) => {}
    }
    let exchange = *current.borrow();
    if let Some(exchange) = exchange {
        log.send_modify(|log| log[exchange].is_over = true);
    }
}

async fn keep_requests(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    log: &watch::Sender<Vec<Exchange>>,
    current: &watch::Sender<Option<usize>>,
) {
    let mut head = Vec::new();
    let mut bytes = Vec::with_capacity(8 * 1024);
    while matches!(from.read_buf(&mut bytes).await, Ok(1..)) {
        head.extend_from_slice(&bytes);
        if let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") {
            let request: Vec<u8> = head.drain(..end + 4).collect();
            let request = String::from_utf8(request).expect("a head in ASCII");
            log.send_modify(|log| {
                current.send_replace(Some(log.len()));
                log.push(Exchange {
                    request,
                    ..Exchange::default()
                });
            });
        }
        if to.write_all(&bytes).await.is_err() {
            return;
        }
        bytes.clear();
    }
}

async fn keep_answers(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    log: &watch::Sender<Vec<Exchange>>,
    current: &watch::Sender<Option<usize>>,
) {
    let mut bytes = Vec::with_capacity(8 * 1024);
    while matches!(from.read_buf(&mut bytes).await, Ok(1..)) {
        let exchange = *current.borrow();
        if let Some(exchange) = exchange {
            log.send_modify(|log| log[exchange].answer.extend_from_slice(&bytes));
        }
        if to.write_all(&bytes).await.is_err() {
            return;
        }
        bytes.clear();
    }
}
