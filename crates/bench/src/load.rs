//! Load on a server over kept connections: as much as it takes, or at a rate of its own.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::client::Connection;
use crate::latencies::Latencies;
use crate::metronome::metronome;

/// What is asked over and over.
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    /// Each connection has one of its own, so that writers need not meet in one row.
    pub(crate) requests: Vec<Vec<u8>>,
    /// Any other status is an error.
    pub(crate) status: u16,
}

/// What has become of it.
pub(crate) struct Outcome {
    pub(crate) done: u64,
    pub(crate) errors: u64,
    pub(crate) took: Duration,
    pub(crate) latencies: Latencies,
    /// The length of the last body.
    pub(crate) bytes: usize,
}

struct Tally {
    done: Cell<u64>,
    errors: Cell<u64>,
    bytes: Cell<usize>,
    latencies: RefCell<Latencies>,
}

impl Load {
    /// Asks again as soon as the answer is there, on every connection. Its latencies are of no use for
    /// anything but this: a slow server is asked less.
    pub(crate) async fn saturate(&self, lasting: Duration) -> anyhow::Result<Outcome> {
        let tally = Tally::new()?;
        let start = Instant::now();
        let mut connections = JoinSet::new();
        for request in self.requests.clone() {
            let (tally, address, status) = (Rc::clone(&tally), self.address, self.status);
            connections.spawn_local(async move {
                let mut connection = None;
                while start.elapsed() < lasting {
                    let begun = Instant::now();
                    exchange(&mut connection, address, &request, status, begun, &tally).await;
                }
            });
        }
        connections.join_all().await;
        Ok(tally.outcome(start.elapsed()))
    }

    /// Asks so many times in a second, however long answers take. A request that has to wait for a
    /// free connection counts from when it was due.
    pub(crate) async fn at_rate(&self, rate: u32, lasting: Duration) -> anyhow::Result<Outcome> {
        let tally = Tally::new()?;
        let start = Instant::now();
        let beats = u32::try_from(lasting.as_millis() * u128::from(rate) / 1000)?;
        let due = Rc::new(Mutex::new(metronome(beats, lasting)?));
        let mut connections = JoinSet::new();
        for request in self.requests.clone() {
            let (tally, address, status) = (Rc::clone(&tally), self.address, self.status);
            let due = Rc::clone(&due);
            connections.spawn_local(async move {
                let mut connection = None;
                while let Some(intended) = next(&due).await {
                    exchange(&mut connection, address, &request, status, intended, &tally).await;
                }
            });
        }
        connections.join_all().await;
        Ok(tally.outcome(start.elapsed()))
    }
}

async fn next(due: &Mutex<tokio::sync::mpsc::UnboundedReceiver<Instant>>) -> Option<Instant> {
    due.lock().await.recv().await
}

async fn exchange(
    connection: &mut Option<Connection>,
    address: SocketAddr,
    request: &[u8],
    status: u16,
    since: Instant,
    tally: &Tally,
) {
    let answer = async {
        let open = match connection.take() {
            Some(open) => open,
            None => Connection::open(address).await?,
        };
        let (answered, body) = connection.insert(open).exchange(request).await?;
        Ok::<_, std::io::Error>((answered == status).then_some(body.len()))
    };
    let answer = answer.await;
    match answer {
        Ok(Some(bytes)) => {
            tally.done.set(tally.done.get() + 1);
            tally.bytes.set(bytes);
            tally.latencies.borrow_mut().record(since.elapsed());
        }
        Ok(None) => tally.errors.set(tally.errors.get() + 1),
        Err(_) => {
            tally.errors.set(tally.errors.get() + 1);
            *connection = None;
            // One that cannot connect must not spin.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Tally {
    fn new() -> anyhow::Result<Rc<Self>> {
        Ok(Rc::new(Self {
            done: Cell::new(0),
            errors: Cell::new(0),
            bytes: Cell::new(0),
            latencies: RefCell::new(Latencies::new()?),
        }))
    }

    fn outcome(&self, took: Duration) -> Outcome {
        Outcome {
            done: self.done.get(),
            errors: self.errors.get(),
            bytes: self.bytes.get(),
            took,
            latencies: self.latencies.borrow().clone(),
        }
    }
}
