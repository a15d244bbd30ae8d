use std::time::Duration;

use super::answers::Answers;
use super::customer::{Customer, PAGE};
use super::endpoint::Endpoint;
use crate::cpu;
use crate::figures::{Figure, micros_each, rate};
use crate::load::{Load, Outcome};
use crate::plan::Plan;
use crate::world::bare::Bare;
use crate::world::{Program, Server, Store};

const ENDPOINTS: [Endpoint; 4] = [
    Endpoint::ListTickets,
    Endpoint::GetTicket,
    Endpoint::CreateTicket,
    Endpoint::CreateMessage,
];

/// One endpoint on one database.
pub(crate) struct Rest {
    pub(crate) store: &'static str,
    pub(crate) endpoint: Endpoint,
    pub(crate) runs: Vec<RestRun>,
}

pub(crate) struct RestRun {
    pub(crate) answers: Answers,
    /// Answers a second of a bare handler with a body of the same size.
    pub(crate) bare: f64,
    pub(crate) bare_us: f64,
    /// How often pgbench ran the same statements in a second.
    pub(crate) pgbench: Option<f64>,
}

impl Rest {
    pub(crate) fn figure(&self, of: impl Fn(&RestRun) -> f64) -> Figure {
        self.runs.iter().map(of).collect()
    }

    pub(crate) fn pgbench(&self) -> Figure {
        self.runs.iter().filter_map(|run| run.pgbench).collect()
    }

    /// The throughput in terms of pgbench's, where there is one.
    pub(crate) fn of_pgbench(&self) -> Figure {
        let shares = self.runs.iter();
        shares
            .filter_map(|run| Some(run.answers.throughput / run.pgbench?))
            .collect()
    }
}

pub(crate) async fn measure(
    plan: &Plan,
    program: &Program,
    store: &Store,
) -> anyhow::Result<Vec<Rest>> {
    let server = Server::start(program, store, None).await?;
    let customer = Customer::create(server.address, PAGE, plan.messages, plan.connections);
    let customer = customer.await?.and_writer(server.address).await?;
    if let Some(cluster) = store.cluster() {
        cluster.execute("vacuum analyze")?;
    }
    let mut measured = Vec::new();
    for endpoint in ENDPOINTS {
        let load = customer.load(server.address, endpoint)?;
        let mut runs = Vec::new();
        for _ in 0..plan.runs {
            let answers = Answers::measure(|| server.cpu(), &load, plan.load).await?;
            let (bare, bare_us) = bare(plan.bare, &load, answers.bytes).await?;
            let pgbench = match store.cluster().zip(endpoint.script()) {
                Some((cluster, script)) => Some(customer.pgbench(cluster)?.run(script, plan.load)?),
                None => None,
            };
            runs.push(RestRun {
                answers,
                bare,
                bare_us,
                pgbench,
            });
        }
        measured.push(Rest {
            store: store.name(),
            endpoint,
            runs,
        });
    }
    Ok(measured)
}

/// What the web framework alone answers to the same requests.
pub(super) async fn bare(
    lasting: Duration,
    load: &Load,
    bytes: usize,
) -> anyhow::Result<(f64, f64)> {
    let bare = Bare::start(bytes)?;
    let load = Load {
        addresses: vec![bare.address()],
        requests: load.requests.clone(),
        status: 200,
    };
    let before = cpu::of(bare.pid())?;
    let Outcome { done, took, .. } = load.saturate(lasting).await?;
    let spent = cpu::of(bare.pid())?.saturating_sub(before);
    Ok((rate(done, took), micros_each(spent, done)))
}
