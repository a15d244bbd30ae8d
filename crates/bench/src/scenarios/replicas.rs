use std::rc::Rc;
use std::time::Instant;

use tokio::task::JoinSet;

use super::answers::Answers;
use super::customer::Customer;
use super::endpoint::Endpoint;
use super::generations::{StreamRun, asking, summary};
use super::reader::{Meter, Reader, Transcript};
use crate::metronome::metronome;
use crate::plan::{Plan, Wave};
use crate::sse::{Dialect, Events};
use crate::world::simulator::{Pace, Simulator};
use crate::world::{Program, Server, Store};

/// Two servers on one database.
pub(crate) struct Replicas {
    pub(crate) wave: Wave,
    /// Replies that are read where they are written.
    pub(crate) here: Vec<StreamRun>,
    /// Replies that one server writes and the other one is asked for.
    pub(crate) elsewhere: Vec<StreamRun>,
    /// `GET /tickets/{id}` of one server, while the other one rests.
    pub(crate) one: Vec<Answers>,
    /// The same, half of it of either.
    pub(crate) both: Vec<Answers>,
}

pub(crate) async fn measure(
    plan: &Plan,
    program: &Program,
    store: &Store,
) -> anyhow::Result<Replicas> {
    let wave = plan.elsewhere;
    let simulator = Simulator::start(Pace {
        tokens: plan.tokens_of(&wave),
        tokens_per_second: plan.tokens_per_second,
    })?;
    let writing = Server::start(program, store, Some(&simulator)).await?;
    let other = Server::start(program, store, Some(&simulator)).await?;
    let customer = Customer::create(writing.address, 1, plan.messages, plan.connections).await?;
    let one_load = customer.load(writing.address, Endpoint::GetTicket)?;
    let mut both_load = customer.load(writing.address, Endpoint::GetTicket)?;
    both_load.addresses.push(other.address);

    let cpu = || writing.cpu_beside(&other);
    let (mut here, mut elsewhere) = (Vec::new(), Vec::new());
    let (mut one, mut both) = (Vec::new(), Vec::new());
    for _ in 0..plan.runs {
        here.push(read(plan, &writing, &other, false).await?);
        elsewhere.push(read(plan, &writing, &other, true).await?);
        one.push(Answers::measure(cpu, &one_load, plan.load).await?);
        both.push(Answers::measure(cpu, &both_load, plan.load).await?);
    }
    Ok(Replicas {
        wave,
        here,
        elsewhere,
        one,
        both,
    })
}

async fn read(
    plan: &Plan,
    writing: &Server,
    other: &Server,
    is_elsewhere: bool,
) -> anyhow::Result<StreamRun> {
    let wave = &plan.elsewhere;
    let requests = asking(writing, wave.streams).await?;
    let meter = Rc::new(Meter::default());
    let epoch = Instant::now();
    let reading = async {
        let mut due = metronome(wave.streams, wave.spread)?;
        let mut readers = JoinSet::new();
        for request in requests {
            let Some(due) = due.recv().await else { break };
            let address = if is_elsewhere { other } else { writing }.address;
            let reader = Reader {
                address,
                request,
                dialect: Dialect::Reply,
                due,
                epoch,
                joins_late: false,
            };
            let begins_at = is_elsewhere.then_some(writing.address);
            let meter = Rc::clone(&meter);
            readers.spawn_local(async move {
                if let Some(begins_at) = begins_at {
                    // Whoever has it begun leaves as soon as it is; the reply goes on.
                    let begun = Events::open(begins_at, &reader.request, reader.dialect);
                    if begun.await.is_err() {
                        return Transcript::default();
                    }
                }
                reader.read(meter).await
            });
        }
        anyhow::Ok(readers.join_all().await)
    };
    let cpu = || writing.cpu_beside(other);
    let (transcripts, window) = tokio::join!(
        reading,
        meter.watch(wave.streams, wave.begun_at_latest(), wave.hold, cpu)
    );
    summary(plan, wave, epoch, &transcripts?, &window?)
}
