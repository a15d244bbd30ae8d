//! Load on a server over kept connections: as much as it takes, or at a rate of its own.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use crate::client::Connection;
use crate::latencies::Latencies;
use crate::metronome::metronome;

/// What is asked over and over.
pub(crate) struct Load {
    /// Of one server or of several, among which the connections are dealt out.
    pub(crate) addresses: Vec<SocketAddr>,
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

/// One connection, which is opened again when it breaks.
struct Caller {
    address: SocketAddr,
    request: Vec<u8>,
    status: u16,
    connection: Option<Connection>,
    tally: Rc<Tally>,
}

impl Load {
    /// Asks again as soon as the answer is there, on every connection. Its latencies are of no use for
    /// anything but this: a slow server is asked less.
    pub(crate) async fn saturate(&self, lasting: Duration) -> anyhow::Result<Outcome> {
        let tally = Tally::new()?;
        let start = Instant::now();
        let mut calling = JoinSet::new();
        for mut caller in self.callers(&tally) {
            calling.spawn_local(async move {
                while start.elapsed() < lasting {
                    caller.call(Instant::now()).await;
                }
            });
        }
        calling.join_all().await;
        Ok(tally.outcome(start.elapsed()))
    }

    /// Asks so many times in a second, however long answers take. A request that has to wait for a
    /// free connection counts from when it was due.
    pub(crate) async fn at_rate(&self, rate: u32, lasting: Duration) -> anyhow::Result<Outcome> {
        let tally = Tally::new()?;
        let start = Instant::now();
        let beats = u32::try_from(lasting.as_millis() * u128::from(rate) / 1000)?.max(1);
        let due = Rc::new(Mutex::new(metronome(beats, lasting)?));
        let mut calling = JoinSet::new();
        for mut caller in self.callers(&tally) {
            let due = Rc::clone(&due);
            calling.spawn_local(async move {
                while let Some(at) = next(&due).await {
                    caller.call(at).await;
                }
            });
        }
        calling.join_all().await;
        Ok(tally.outcome(start.elapsed()))
    }

    fn callers(&self, tally: &Rc<Tally>) -> impl Iterator<Item = Caller> {
        let addresses = self.addresses.iter().cycle();
        self.requests
            .iter()
            .zip(addresses)
            .map(|(request, address)| Caller {
                address: *address,
                request: request.clone(),
                status: self.status,
                connection: None,
                tally: Rc::clone(tally),
            })
    }
}

async fn next(due: &Mutex<UnboundedReceiver<Instant>>) -> Option<Instant> {
    due.lock().await.recv().await
}

impl Caller {
    async fn call(&mut self, since: Instant) {
        let tally = Rc::clone(&self.tally);
        match self.exchange().await {
            Ok(Some(bytes)) => {
                tally.done.set(tally.done.get() + 1);
                tally.bytes.set(bytes);
                tally.latencies.borrow_mut().record(since.elapsed());
            }
            Ok(None) => tally.errors.set(tally.errors.get() + 1),
            Err(_) => {
                tally.errors.set(tally.errors.get() + 1);
                self.connection = None;
                // One that cannot connect must not spin.
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }

    /// The length of the body, if the status is right.
    async fn exchange(&mut self) -> std::io::Result<Option<usize>> {
        let connection = match self.connection.take() {
            Some(open) => open,
            None => Connection::open(self.address).await?,
        };
        let connection = self.connection.insert(connection);
        let (status, body) = connection.exchange(&self.request).await?;
        Ok((status == self.status).then_some(body.len()))
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
