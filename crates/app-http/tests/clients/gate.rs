use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Stands before the model and holds its events back until a test lets them through, so that a
/// test knows how much of an answer is there.
pub struct Gate {
    address: SocketAddr,
    /// How many events of each answer may pass.
    open_for: Arc<watch::Sender<usize>>,
    _serving: JoinSet<()>,
}

impl Gate {
    /// Starts an open gate.
    pub async fn start(model: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let open_for = Arc::new(watch::Sender::new(usize::MAX));
        let passing = Arc::clone(&open_for);
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((server, _)) = listener.accept().await {
                connections.spawn(relay(server, model, passing.subscribe()));
            }
        });
        Self {
            address,
            open_for,
            _serving: serving,
        }
    }

    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets so many events of each answer through, with those that went through before.
    pub fn open_for(&self, events: usize) {
        self.open_for.send_replace(events);
    }

    /// Lets everything through.
    pub fn open(&self) {
        self.open_for(usize::MAX);
    }
}

async fn relay(server: TcpStream, model: SocketAddr, open_for: watch::Receiver<usize>) {
    let Ok(model) = TcpStream::connect(model).await else {
        return;
    };
    let (mut asking, answering) = server.into_split();
    let (answers, mut asked) = model.into_split();
    tokio::select! {
        _ended = tokio::io::copy(&mut asking, &mut asked) => {}
        () = hold(answers, answering, open_for) => {}
    }
}

/// Passes events on as far as the gate is open for them.
async fn hold(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut open_for: watch::Receiver<usize>,
) {
    let mut held = Vec::new();
    let (mut events, mut last) = (0, 0);
    let mut ended = false;
    while !ended || !held.is_empty() {
        let allowed = *open_for.borrow_and_update();
        let passes = |byte: &u8| {
            let may_pass = events < allowed;
            // An event ends with an empty line; nothing else in an answer has one of this form.
            if may_pass && (last, *byte) == (b'\n', b'\n') {
                events += 1;
            }
            last = *byte;
            may_pass
        };
        let length = held.iter().copied().take_while(passes).count();
        let passing: Vec<u8> = held.drain(..length).collect();
        if to.write_all(&passing).await.is_err() {
            return;
        }
        tokio::select! {
            read = from.read_buf(&mut held), if !ended => ended = !matches!(read, Ok(1..)),
            changed = open_for.changed() => if changed.is_err() { return },
        }
    }
}
