use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::client::resuming;
use crate::figures::{float, micros_each};
use crate::latencies::Latencies;
use crate::plan::Growth;
use crate::scenarios::generations::asking_as;
use crate::sse::{Dialect, Event, Events, Ids};
use crate::world::simulator::{Pace, Simulator};
use crate::world::{Account, Program, Server, Store};

/// How long one that hangs is waited for.
const DEADLINE: Duration = Duration::from_secs(90);

/// Replies of one length.
pub(crate) struct LongReplies {
    pub(crate) tokens: u32,
    /// How many are written at the same time.
    pub(crate) streams: u32,
    /// From the request to the first text.
    pub(crate) first: Latencies,
    pub(crate) merged: f64,
    /// Of CPU time for each frame, from the request to the end, so with what a reply takes once.
    pub(crate) server_us: f64,
    pub(crate) database_us: f64,
    pub(crate) load_us: f64,
    pub(crate) errors: u64,
    /// What readers take who come when all is said; measured for one length once.
    pub(crate) replays: Vec<Replay>,
}

/// Where a reader who comes late continues.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Cursor {
    /// Without one, as somebody who comes for the first time.
    None,
    /// With the id of the first event.
    Start,
    /// With the id of the last text, behind which only the end is missing.
    End,
}

/// What late readers of a reply take, one after the other.
pub(crate) struct Replay {
    pub(crate) cursor: Cursor,
    /// From the connection to the end of the stream.
    pub(crate) whole: Latencies,
    /// Of CPU time for each reader.
    pub(crate) server_us: f64,
    pub(crate) database_us: f64,
    pub(crate) errors: u64,
}

/// What one reader got.
struct Read {
    first: Option<Duration>,
    frames: u64,
    tokens: u64,
    is_complete: bool,
    ids: Ids,
}

pub(super) async fn measure(
    plan: &Growth,
    program: &Program,
    store: &Store,
) -> anyhow::Result<Vec<LongReplies>> {
    let mut measured = Vec::new();
    for tokens in plan.replies {
        let simulator = Simulator::start(Pace {
            tokens,
            tokens_per_second: plan.pace,
        })?;
        let server = Server::start(program, store, Some(&simulator)).await?;
        let account = Account::create(server.address).await?;
        for streams in [1, plan.streams] {
            measured.push(write(plan, &server, &account, [tokens, streams]).await?);
        }
    }
    Ok(measured)
}

/// Has so many replies written at a time, again until there are enough frames to share CPU time among.
async fn write(
    plan: &Growth,
    server: &Server,
    account: &Account,
    [tokens, streams]: [u32; 2],
) -> anyhow::Result<LongReplies> {
    let rounds = (plan.tokens_in_all / tokens).max(1);
    let requests = asking_as(account, streams * rounds).await?;
    let before = server.cpu()?;
    let (mut first, mut frames, mut errors) = (Latencies::new()?, 0, 0);
    let mut last = None;
    for round in requests.chunks(usize::try_from(streams)?) {
        let mut readers = JoinSet::new();
        for request in round {
            readers.spawn_local(read(server.address, request.clone()));
        }
        for read in readers.join_all().await {
            let Ok(read) = read else {
                errors += 1;
                continue;
            };
            errors += u64::from(!read.is_complete || read.tokens != u64::from(tokens));
            frames += read.frames;
            if let Some(after) = read.first {
                first.record(after);
            }
            last = Some(read.ids);
        }
    }
    let spent = server.cpu()? - before;
    let mut replays = Vec::new();
    if streams == 1
        && let Some((ids, request)) = last.zip(requests.last())
    {
        for cursor in [Cursor::None, Cursor::Start, Cursor::End] {
            let request = cursor.apply(request, &ids);
            replays.push(replay(server, cursor, &request, plan.load).await?);
        }
    }
    let all = u64::from(tokens) * u64::from(streams) * u64::from(rounds);
    Ok(LongReplies {
        tokens,
        streams,
        first,
        merged: float(all) / float(frames),
        server_us: micros_each(spent.server, frames),
        database_us: micros_each(spent.database, frames),
        load_us: micros_each(spent.load, frames),
        errors,
        replays,
    })
}

impl Cursor {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Start => "the first event",
            Self::End => "the last text",
        }
    }

    fn apply(self, request: &[u8], ids: &Ids) -> Vec<u8> {
        let id = match self {
            Self::None => &None,
            Self::Start => &ids.first,
            Self::End => &ids.text,
        };
        id.as_deref()
            .map_or_else(|| request.to_vec(), |id| resuming(request, id))
    }
}

/// Comes so often as there is time, and at least once.
async fn replay(
    server: &Server,
    cursor: Cursor,
    request: &[u8],
    lasting: Duration,
) -> anyhow::Result<Replay> {
    let (mut whole, mut times, mut errors) = (Latencies::new()?, 0, 0);
    let before = server.cpu()?;
    let start = Instant::now();
    while times == 0 || start.elapsed() < lasting {
        let begun = Instant::now();
        let read = read(server.address, request.to_vec()).await;
        whole.record(begun.elapsed());
        times += 1;
        errors += u64::from(!read.is_ok_and(|read| read.is_complete));
    }
    let spent = server.cpu()? - before;
    Ok(Replay {
        cursor,
        whole,
        server_us: micros_each(spent.server, times),
        database_us: micros_each(spent.database, times),
        errors,
    })
}

async fn read(address: SocketAddr, request: Vec<u8>) -> io::Result<Read> {
    let reading = timeout(DEADLINE, read_to_the_end(address, &request));
    reading.await.map_err(io::Error::other)?
}

async fn read_to_the_end(address: SocketAddr, request: &[u8]) -> io::Result<Read> {
    let begun = Instant::now();
    let mut events = Events::open(address, request, Dialect::Reply).await?;
    events.keep_ids();
    let (mut first, mut frames, mut tokens) = (None, 0, 0);
    let (mut is_complete, mut goes_on) = (false, true);
    while goes_on && !is_complete {
        let next = events.next(|event| match event {
            Event::Delta(more) => {
                first.get_or_insert(begun.elapsed());
                frames += 1;
                tokens += u64::from(more);
            }
            Event::Completed => is_complete = true,
            Event::Failed | Event::Other => {}
        });
        goes_on = next.await?;
    }
    Ok(Read {
        first,
        frames,
        tokens,
        is_complete,
        ids: events.into_ids(),
    })
}
