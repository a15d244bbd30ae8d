use std::time::Duration;

use super::answers::Answers;
use super::customer::{Customer, PAGE};
use super::endpoint::Endpoint;
use super::rest::{Rest, RestRun, bare};
use crate::cpu;
use crate::figures::{Figure, count, float, millis};
use crate::host::cores;
use crate::load::Load;
use crate::plan::Plan;
use crate::world::{Program, Server, Store};

/// What the server hashes passwords with.
const COST: u32 = 12;

/// Others' requests while somebody signs in all the time.
const OTHERS_PER_SECOND: u32 = 200;
const OTHERS_CONNECTIONS: usize = 16;

/// How many sign in all the time beside others.
const FLOODING_PER_CORE: usize = 4;

/// Sign-ins on one database, and what they do to others.
pub(crate) struct Login {
    pub(crate) store: &'static str,
    pub(crate) cores: usize,
    /// CPU time of one hash by itself, in milliseconds.
    pub(crate) hash_ms: Figure,
    /// Sign-ins with nothing else going on.
    pub(crate) alone: Rest,
    /// The 99th percentile of `GET /tickets`, in milliseconds.
    pub(crate) quiet_p99_ms: Figure,
    pub(crate) flooded_p99_ms: Figure,
    pub(crate) errors: u64,
}

impl Login {
    pub(crate) fn throughput(&self) -> Figure {
        self.alone.figure(|run| run.answers.throughput)
    }

    /// The throughput in terms of what the cores can hash.
    pub(crate) fn of_limit(&self) -> Figure {
        let cores = float(count(self.cores));
        self.throughput()
            .zip(&self.hash_ms, |rate, hash| rate * hash / 1e3 / cores)
    }

    pub(crate) fn slowdown(&self) -> Figure {
        self.flooded_p99_ms
            .zip(&self.quiet_p99_ms, |flooded, quiet| flooded / quiet)
    }
}

pub(crate) async fn measure(
    plan: &Plan,
    program: &Program,
    store: &Store,
) -> anyhow::Result<Login> {
    let server = Server::start(program, store, None).await?;
    let customer = Customer::create(server.address, PAGE, 1, plan.connections).await?;
    let login = customer.load(server.address, Endpoint::Login)?;
    let list = customer.load(server.address, Endpoint::ListTickets)?;
    let flood = on_connections(&login, FLOODING_PER_CORE * cores());
    let others = on_connections(&list, OTHERS_CONNECTIONS);

    let (mut runs, mut others_runs) = (Vec::new(), Vec::new());
    for _ in 0..plan.runs {
        let hash = hash()?;
        let answers = Answers::measure(|| server.cpu(), &login, plan.logins).await?;
        let (bare, bare_us) = bare(plan.bare, &login, answers.bytes).await?;
        runs.push(RestRun {
            answers,
            bare,
            bare_us,
            pgbench: None,
        });
        let quiet = others.at_rate(OTHERS_PER_SECOND, plan.logins).await?;
        let (flooding, flooded) = tokio::join!(
            flood.saturate(plan.logins),
            others.at_rate(OTHERS_PER_SECOND, plan.logins)
        );
        let (flooding, flooded) = (flooding?, flooded?);
        let figures = [
            millis(hash),
            millis(quiet.latencies.quantile(0.99)),
            millis(flooded.latencies.quantile(0.99)),
        ];
        let errors = [quiet, flooding, flooded].map(|outcome| outcome.errors);
        others_runs.push((figures, errors.iter().sum::<u64>()));
    }
    let figures = |of: fn(&[f64; 3]) -> f64| others_runs.iter().map(|(run, _)| of(run)).collect();
    Ok(Login {
        store: store.name(),
        cores: cores(),
        hash_ms: figures(|[hash, ..]| *hash),
        alone: Rest {
            store: store.name(),
            endpoint: Endpoint::Login,
            runs,
        },
        quiet_p99_ms: figures(|[_, quiet, _]| *quiet),
        flooded_p99_ms: figures(|[.., flooded]| *flooded),
        errors: others_runs.iter().map(|(_, errors)| errors).sum(),
    })
}

fn on_connections(load: &Load, connections: usize) -> Load {
    let requests = load.requests.iter().cycle().take(connections);
    Load {
        addresses: load.addresses.clone(),
        requests: requests.cloned().collect(),
        status: load.status,
    }
}

/// CPU time of one hash with nothing around it.
fn hash() -> anyhow::Result<Duration> {
    let hashes = 4;
    let before = cpu::of(std::process::id())?;
    for _ in 0..hashes {
        bcrypt::non_truncating_hash("a password, hashed before", COST)?;
    }
    Ok(cpu::of(std::process::id())?.saturating_sub(before) / hashes)
}
