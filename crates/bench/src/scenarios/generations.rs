use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::reader::{Meter, Reader, Transcript, Window};
use crate::client::request;
use crate::cpu::{self, CpuTimes};
use crate::figures::{Figure, float, micros_each, rate};
use crate::latencies::Latencies;
use crate::metronome::metronome;
use crate::pace::record_lateness;
use crate::plan::{Plan, Wave};
use crate::sse::Dialect;
use crate::world::simulator::{Pace, Simulator};
use crate::world::{Account, Program, Server, Store};

/// How the upstream itself is called among the databases.
pub(crate) const DIRECT: &str = "direct";

/// So many replies at the same time, from the upstream or through the server on one database.
pub(crate) struct Generations {
    pub(crate) wave: Wave,
    pub(crate) through: &'static str,
    pub(crate) runs: Vec<StreamRun>,
}

pub(crate) struct StreamRun {
    /// From when a stream was due to begin until its first text.
    pub(crate) first: Latencies,
    /// From when the first was due until the last had its first text, if that came in time.
    pub(crate) begun_after: Option<Duration>,
    /// How long the window was that all following figures are of.
    pub(crate) window: Duration,
    /// By how much each token was late.
    pub(crate) lateness: Latencies,
    /// How many of the upstream's tokens came in a frame.
    pub(crate) merged: f64,
    pub(crate) frames_per_second: f64,
    /// Of CPU time for each frame that a reader got.
    pub(crate) server_us: f64,
    /// Of the second server's, where there is one.
    pub(crate) replica_us: f64,
    pub(crate) database_us: f64,
    pub(crate) upstream_us: f64,
    pub(crate) load_us: f64,
    /// Streams that did not come to their end with all tokens.
    pub(crate) errors: usize,
}

impl Generations {
    pub(crate) fn figure(&self, of: impl Fn(&StreamRun) -> f64) -> Figure {
        self.runs.iter().map(of).collect()
    }
}

pub(crate) async fn measure(
    plan: &Plan,
    program: &Program,
    stores: &[Store],
) -> anyhow::Result<Vec<Generations>> {
    let mut measured = Vec::new();
    for wave in &plan.generations {
        let simulator = Simulator::start(Pace {
            tokens: plan.tokens_of(wave),
            tokens_per_second: plan.tokens_per_second,
        })?;
        let mut servers = Vec::new();
        for store in stores {
            servers.push((
                store.name(),
                Server::start(program, store, Some(&simulator)).await?,
            ));
        }
        let names = [DIRECT]
            .into_iter()
            .chain(servers.iter().map(|(name, _)| *name));
        let mut cases: Vec<Generations> = names
            .map(|through| Generations {
                wave: *wave,
                through,
                runs: Vec::new(),
            })
            .collect();
        for _ in 0..plan.runs {
            let servers = servers.iter().map(|(_, server)| Some(server));
            for (case, server) in cases.iter_mut().zip([None].into_iter().chain(servers)) {
                case.runs.push(run(plan, wave, &simulator, server).await?);
            }
        }
        measured.extend(cases);
    }
    Ok(measured)
}

/// Who is asked, and for what.
struct Asked {
    address: SocketAddr,
    dialect: Dialect,
    requests: Vec<Vec<u8>>,
}

async fn run(
    plan: &Plan,
    wave: &Wave,
    simulator: &Simulator,
    server: Option<&Server>,
) -> anyhow::Result<StreamRun> {
    let asked = match server {
        None => Asked {
            address: simulator.address(),
            dialect: Dialect::Upstream,
            requests: vec![Simulator::request(); usize::try_from(wave.streams)?],
        },
        Some(server) => Asked {
            address: server.address,
            dialect: Dialect::Reply,
            requests: asking(server, wave.streams).await?,
        },
    };
    let cpu = || match server {
        Some(server) => server.cpu(),
        None => Ok(CpuTimes {
            upstream: cpu::of(simulator.pid())?,
            load: cpu::of(std::process::id())?,
            ..CpuTimes::default()
        }),
    };
    let meter = Rc::new(Meter::default());
    let epoch = Instant::now();
    let (transcripts, window) = tokio::join!(
        read(wave, epoch, asked, &meter),
        meter.watch(wave.streams, wave.begun_at_latest(), wave.hold, cpu)
    );
    summary(plan, wave, epoch, &transcripts?, &window?)
}

/// Somebody new opens tickets; returns the requests for the answers to them.
pub(super) async fn asking(server: &Server, streams: u32) -> anyhow::Result<Vec<Vec<u8>>> {
    asking_as(&Account::create(server.address).await?, streams).await
}

pub(super) async fn asking_as(account: &Account, streams: u32) -> anyhow::Result<Vec<Vec<u8>>> {
    let tickets = account.open_tickets(usize::try_from(streams)?).await?;
    let paths = tickets
        .iter()
        .map(|id| format!("/tickets/{id}/ai-response"));
    Ok(paths
        .map(|path| request("GET", &path, &account.token, None))
        .collect())
}

/// Begins all of them within the spread, evenly, so that their tokens do not all come at once.
async fn read(
    wave: &Wave,
    epoch: Instant,
    asked: Asked,
    meter: &Rc<Meter>,
) -> anyhow::Result<Vec<Transcript>> {
    let mut due = metronome(wave.streams, wave.spread)?;
    let mut readers = JoinSet::new();
    for request in asked.requests {
        let Some(due) = due.recv().await else { break };
        let reader = Reader {
            address: asked.address,
            request,
            dialect: asked.dialect,
            due,
            epoch,
            joins_late: false,
        };
        readers.spawn_local(reader.read(Rc::clone(meter)));
    }
    Ok(readers.join_all().await)
}

pub(super) fn summary(
    plan: &Plan,
    wave: &Wave,
    epoch: Instant,
    transcripts: &[Transcript],
    window: &Window,
) -> anyhow::Result<StreamRun> {
    let (mut first, mut lateness) = (Latencies::new()?, Latencies::new()?);
    let (steady, tokens) = (window.since(epoch), plan.tokens_of(wave));
    for transcript in transcripts {
        if let Some(after) = transcript.first {
            first.record(after);
        }
        let reading = [&transcript.reading];
        record_lateness(&reading, plan.interval(), &steady, &mut lateness);
    }
    let whole = transcripts
        .iter()
        .filter(|reader| reader.is_complete && reader.tokens == u64::from(tokens));
    Ok(StreamRun {
        errors: transcripts.len() - whole.count(),
        first,
        begun_after: window.is_whole.then(|| window.from.duration_since(epoch)),
        window: window.took(),
        lateness,
        merged: float(window.tokens) / float(window.frames),
        frames_per_second: rate(window.frames, window.took()),
        server_us: micros_each(window.cpu.server, window.frames),
        replica_us: micros_each(window.cpu.replica, window.frames),
        database_us: micros_each(window.cpu.database, window.frames),
        upstream_us: micros_each(window.cpu.upstream, window.frames),
        load_us: micros_each(window.cpu.load, window.frames),
    })
}
