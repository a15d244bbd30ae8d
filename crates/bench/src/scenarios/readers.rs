use std::ops::Range;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::generations::asking;
use super::reader::{Meter, Reader, Transcript};
use crate::figures::{float, micros_each, rate};
use crate::latencies::Latencies;
use crate::metronome::metronome;
use crate::pace::record_lateness;
use crate::plan::Plan;
use crate::sse::Dialect;
use crate::world::simulator::{Pace, Simulator};
use crate::world::{Program, Server, Store};

/// Readers begin so many in a second.
const ARRIVING_PER_SECOND: u32 = 2000;
const MARGIN: Duration = Duration::from_secs(1);

/// Many readers of few live replies.
pub(crate) struct Readers {
    pub(crate) store: &'static str,
    pub(crate) live: u32,
    pub(crate) window: Duration,
    pub(crate) count: u32,
    /// Memory of the server for each open stream.
    pub(crate) kib_each: f64,
    pub(crate) frames_per_second: f64,
    pub(crate) tokens_per_second: f64,
    pub(crate) merged: f64,
    pub(crate) server_us: f64,
    pub(crate) load_us: f64,
    /// By how much each token was late.
    pub(crate) lateness: Latencies,
    /// Between one frame and the next at a reader.
    pub(crate) gaps: Latencies,
    pub(crate) errors: usize,
}

pub(crate) async fn measure(
    plan: &Plan,
    program: &Program,
    store: &Store,
) -> anyhow::Result<Readers> {
    let arriving = Duration::from_secs(1) * plan.readers / ARRIVING_PER_SECOND;
    let wave = &plan.live;
    let lasting = wave.spread + MARGIN + arriving + wave.settling + wave.hold + MARGIN;
    let tokens = plan.tokens_for(lasting);
    let simulator = Simulator::start(Pace {
        tokens,
        tokens_per_second: plan.tokens_per_second,
    })?;
    let server = Server::start(program, store, Some(&simulator)).await?;
    let requests = asking(&server, wave.streams).await?;
    let meter = Rc::new(Meter::default());
    let epoch = Instant::now();
    let reader = |request: &Vec<u8>, due, joins_late| Reader {
        address: server.address,
        request: request.clone(),
        dialect: Dialect::Reply,
        due,
        epoch,
        joins_late,
    };

    // The first reader of each has it written.
    let mut replies: Vec<JoinSet<Transcript>> = Vec::new();
    let mut due = metronome(wave.streams, wave.spread)?;
    for request in &requests {
        let Some(due) = due.recv().await else { break };
        let mut readers = JoinSet::new();
        readers.spawn_local(reader(request, due, false).read(Rc::clone(&meter)));
        replies.push(readers);
    }
    tokio::time::sleep(MARGIN).await;

    let before = server.resident()?;
    let mut due = metronome(plan.readers, arriving)?;
    let places = (0..replies.len()).cycle();
    for place in places.take(usize::try_from(plan.readers)?) {
        let Some(due) = due.recv().await else { break };
        if let (Some(readers), Some(request)) = (replies.get_mut(place), requests.get(place)) {
            readers.spawn_local(reader(request, due, true).read(Rc::clone(&meter)));
        }
    }
    let all = wave.streams + plan.readers;
    let watching = meter.watch(all, wave.settling, wave.hold, || server.cpu());
    let window = watching.await?;
    let grown = server.resident()?.saturating_sub(before);

    let steady = window.since(epoch);
    let (mut lateness, mut gaps, mut errors) = (Latencies::new()?, Latencies::new()?, 0);
    for readers in replies {
        let transcripts = readers.join_all().await;
        let whole = transcripts
            .iter()
            .filter(|reader| reader.is_complete && reader.tokens == u64::from(tokens));
        errors += transcripts.len() - whole.count();
        for transcript in &transcripts {
            record_gaps(transcript, &steady, &mut gaps);
        }
        let readings: Vec<_> = transcripts.iter().map(|reader| &reader.reading).collect();
        record_lateness(&readings, plan.interval(), &steady, &mut lateness);
    }
    Ok(Readers {
        store: store.name(),
        live: wave.streams,
        window: window.took(),
        count: plan.readers,
        kib_each: float(grown) / 1024.0 / f64::from(plan.readers),
        frames_per_second: rate(window.frames, window.took()),
        tokens_per_second: rate(window.tokens, window.took()),
        merged: float(window.tokens) / float(window.frames),
        server_us: micros_each(window.cpu.server, window.frames),
        load_us: micros_each(window.cpu.load, window.frames),
        lateness,
        gaps,
        errors,
    })
}

fn record_gaps(transcript: &Transcript, within: &Range<u32>, gaps: &mut Latencies) {
    let arrivals = transcript.reading.arrivals.iter();
    let arrivals = arrivals.filter(|arrival| within.contains(&arrival.at));
    for (earlier, later) in arrivals.clone().zip(arrivals.skip(1)) {
        let gap = later.at.saturating_sub(earlier.at);
        gaps.record(Duration::from_micros(gap.into()));
    }
}
