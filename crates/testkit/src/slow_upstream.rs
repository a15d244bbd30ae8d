//! A raw TCP upstream on loopback that answers as slowly or brokenly as a test wants.
//!
//! HTTP mock servers send a body whole and end it properly; stalls, cuts in the middle of an event
//! and splits at every byte need the socket itself.

mod connection;
mod log;
mod wire;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use self::log::DeadlinePassed;
use self::log::Log;
pub use self::wire::{LAST_CHUNK, STREAM_HEAD, chunk, chunks_of, response, streamed};

/// One thing that the upstream does after it has read a request.
#[derive(Clone, Debug)]
pub enum Step {
    /// Sends these bytes with one write.
    Send(Vec<u8>),
    /// Sends these bytes with a write for each.
    SendByteByByte(Vec<u8>),
    /// Sends these bytes again and again until the client leaves.
    Repeat {
        /// The bytes.
        bytes: Vec<u8>,
        /// The pause between two times.
        every: Duration,
    },
    /// Says nothing more, but keeps the connection open until the client leaves.
    Stall,
    /// Ends the connection as a process does that closes its socket. This is also what happens
    /// after the last step.
    CutFin,
    /// Breaks the connection off with a reset.
    CutReset,
}

/// The running upstream. It plays its script for every request, one connection each, and stops
/// when it is dropped.
pub struct SlowUpstream {
    address: SocketAddr,
    log: Arc<Log>,
    /// Dropping it ends all tasks, those of the connections included.
    _tasks: JoinSet<()>,
}

impl SlowUpstream {
    /// Starts on a free port.
    ///
    /// # Errors
    /// When no port could be bound.
    pub async fn start(script: impl IntoIterator<Item = Step>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let log = Arc::new(Log::default());
        let script = script.into_iter().collect();
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, script, Arc::clone(&log)));
        Ok(Self {
            address,
            log,
            _tasks: tasks,
        })
    }

    /// Its URL, without a slash at the end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far, heads and bodies, as they came over the wire.
    pub fn requests(&self) -> Vec<String> {
        self.log.requests()
    }

    /// Waits until a client has closed its connection before the script was through.
    ///
    /// # Errors
    /// When that takes longer than `within`.
    pub async fn client_left(&self, within: Duration) -> Result<(), DeadlinePassed> {
        self.log.client_left(within).await
    }
}

async fn accept(listener: TcpListener, script: Arc<[Step]>, log: Arc<Log>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(connection::serve(
            stream,
            Arc::clone(&script),
            Arc::clone(&log),
        ));
    }
}
