use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::timeout;

use super::generations::asking;
use crate::client::resuming;
use crate::figures::micros_each;
use crate::latencies::Latencies;
use crate::metronome::metronome;
use crate::plan::Plan;
use crate::sse::{Dialect, Event, Events};
use crate::world::simulator::{Pace, Simulator};
use crate::world::{Program, Server, Store};

const MARGIN: Duration = Duration::from_secs(1);
const DEADLINE: Duration = Duration::from_secs(30);

/// Readers who lost their connections and come back with the id of what they saw last.
pub(crate) struct Reconnects {
    pub(crate) store: &'static str,
    pub(crate) readers: u32,
    pub(crate) within: Duration,
    pub(crate) live: u32,
    /// From when a reader was due to come back until the first text that it had missed.
    pub(crate) resumed: Latencies,
    /// Of CPU time for each of them, with what goes on beside.
    pub(crate) server_us: f64,
    pub(crate) load_us: f64,
    pub(crate) errors: u64,
}

pub(crate) async fn measure(
    plan: &Plan,
    program: &Program,
    store: &Store,
) -> anyhow::Result<Reconnects> {
    let wave = &plan.live;
    let lasting = wave.spread + MARGIN * 4 + plan.reconnecting;
    let simulator = Simulator::start(Pace {
        tokens: plan.tokens_for(lasting),
        tokens_per_second: plan.tokens_per_second,
    })?;
    let server = Server::start(program, store, Some(&simulator)).await?;
    let requests = asking(&server, wave.streams).await?;

    // Each reply is begun by a reader who leaves after a while, and keeps the id.
    let mut readers = JoinSet::new();
    let mut due = metronome(wave.streams, wave.spread)?;
    for request in requests {
        if due.recv().await.is_none() {
            break;
        }
        readers.spawn_local(left(server.address, request));
    }
    let cursors = readers.join_all().await.into_iter();
    let cursors: Vec<_> = cursors.collect::<io::Result<_>>()?;

    let before = server.cpu()?;
    let mut due = metronome(plan.reconnects, plan.reconnecting)?;
    let mut returning = JoinSet::new();
    for request in cursors.iter().cycle() {
        let Some(due) = due.recv().await else { break };
        returning.spawn_local(come_back(server.address, request.clone(), due));
    }
    let mut open = Vec::new();
    let (mut resumed, mut errors) = (Latencies::new()?, 0);
    for outcome in returning.join_all().await {
        match outcome {
            Ok((after, events)) => {
                resumed.record(after);
                open.push(events);
            }
            Err(_) => errors += 1,
        }
    }
    let spent = server.cpu()? - before;
    Ok(Reconnects {
        store: store.name(),
        readers: plan.reconnects,
        within: plan.reconnecting,
        live: wave.streams,
        resumed,
        server_us: micros_each(spent.server, plan.reconnects.into()),
        load_us: micros_each(spent.load, plan.reconnects.into()),
        errors,
    })
}

/// Reads for a while and leaves; returns the request to come back with.
async fn left(address: SocketAddr, request: Vec<u8>) -> io::Result<Vec<u8>> {
    let mut events = Events::open(address, &request, Dialect::Reply).await?;
    events.keep_ids();
    let begun = Instant::now();
    let mut any = false;
    while !any || begun.elapsed() < MARGIN {
        let goes_on = events.next(|event| any |= matches!(event, Event::Delta(_)));
        if !timeout(DEADLINE, goes_on)
            .await
            .map_err(io::Error::other)??
        {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let id = events.into_ids().text.unwrap_or_default();
    Ok(resuming(&request, &id))
}

/// Waits for the first text; the stream stays open, as it does with a reader who is back.
async fn come_back(
    address: SocketAddr,
    request: Vec<u8>,
    due: Instant,
) -> io::Result<(Duration, Events)> {
    let resuming = async {
        let mut events = Events::open(address, &request, Dialect::Reply).await?;
        let mut any = false;
        while !any {
            if !events
                .next(|event| any |= matches!(event, Event::Delta(_)))
                .await?
            {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok((due.elapsed(), events))
    };
    timeout(DEADLINE, resuming)
        .await
        .map_err(io::Error::other)?
}
