//! A TCP proxy on loopback that can be told to misbehave, to see what its clients make of it.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::SockRef;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What the proxy does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Behaviour {
    kind: Kind,
    /// Raised when the connections made so far have to end.
    epoch: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Pass,
    Refuse,
    Swallow,
}

/// A proxy in front of one address. Dropping it ends all its connections.
pub struct FaultProxy {
    address: SocketAddr,
    behaviour: watch::Sender<Behaviour>,
    _serving: JoinSet<()>,
}

impl FaultProxy {
    /// Starts a proxy that passes everything on to `upstream`.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(upstream: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let behaviour = watch::Sender::new(Behaviour {
            kind: Kind::Pass,
            epoch: 0,
        });
        let mut serving = JoinSet::new();
        serving.spawn(serve(listener, upstream, behaviour.subscribe()));
        Ok(Self {
            address,
            behaviour,
            _serving: serving,
        })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Passes everything on again, over new connections.
    pub fn pass(&self) {
        self.turn(Kind::Pass, true);
    }

    /// Ends every connection and every new one at once, with a reset.
    pub fn refuse(&self) {
        self.turn(Kind::Refuse, true);
    }

    /// Ends every connection, but passes new ones on.
    pub fn cut(&self) {
        self.turn(Kind::Pass, true);
    }

    /// Takes connections and passes nothing on, either way, as if packets were lost.
    pub fn swallow(&self) {
        self.turn(Kind::Swallow, false);
    }

    fn turn(&self, kind: Kind, ends_connections: bool) {
        self.behaviour.send_modify(|behaviour| {
            behaviour.kind = kind;
            behaviour.epoch += u64::from(ends_connections);
        });
    }
}

async fn serve(listener: TcpListener, upstream: SocketAddr, behaviour: watch::Receiver<Behaviour>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        connections.spawn(relay(client, upstream, behaviour.clone()));
    }
}

/// Relays one connection for as long as the behaviour lets it.
async fn relay(
    mut client: TcpStream,
    upstream: SocketAddr,
    mut behaviour: watch::Receiver<Behaviour>,
) {
    let began = behaviour.borrow().epoch;
    let quiet = behaviour.clone();
    let over = |now: &Behaviour| now.epoch != began || now.kind == Kind::Refuse;
    let passing = async {
        let mut quiet = quiet;
        let passes = |now: &Behaviour| now.kind == Kind::Pass;
        if quiet.wait_for(passes).await.is_err() {
            return;
        }
        let Ok(mut server) = TcpStream::connect(upstream).await else {
            return;
        };
        let swallowed = async {
            quiet
                .wait_for(|now| now.kind == Kind::Swallow)
                .await
                .is_ok()
        };
        tokio::select! {
            // First, so that nothing passes that was sent after the behaviour changed.
            biased;
            _ = swallowed => {}
            _ended = copy_bidirectional(&mut client, &mut server) => return,
        }
        // Held open in silence until the behaviour changes.
        std::future::pending::<()>().await;
    };
    tokio::select! {
        biased;
        _over = behaviour.wait_for(over) => {}
        () = passing => return,
    }
    // Without lingering the end is a reset, not a polite close.
    drop(SockRef::from(&client).set_linger(Some(Duration::ZERO)));
}
