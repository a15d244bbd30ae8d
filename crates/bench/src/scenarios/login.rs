use std::time::Duration;

use crate::client::request;
use crate::cpu;
use crate::figures::{Figure, count, float, micros_each, millis, rate};
use crate::host::cores;
use crate::load::Load;
use crate::plan::Plan;
use crate::world::{Account, Program, Server, Store};

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
    pub(crate) throughput: Figure,
    /// In milliseconds of the server's CPU.
    pub(crate) server_ms: Figure,
    /// The 99th percentile of `GET /tickets`, in milliseconds.
    pub(crate) quiet_p99_ms: Figure,
    pub(crate) flooded_p99_ms: Figure,
    pub(crate) errors: u64,
}

impl Login {
    /// The throughput in terms of what the cores can hash.
    pub(crate) fn of_limit(&self) -> Figure {
        let cores = float(count(self.cores));
        self.throughput
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
    let account = Account::create(server.address).await?;
    account.open_tickets(plan.tickets).await?;
    let credentials = account.credentials().to_string();
    let login = request("POST", "/auth/login", "", Some(&credentials));
    let [alone, flood] = [plan.connections, FLOODING_PER_CORE * cores()].map(|connections| Load {
        address: server.address,
        requests: vec![login.clone(); connections],
        status: 200,
    });
    let list = format!("/tickets?limit={}", plan.tickets);
    let list = request("GET", &list, &account.token, None);
    let others = Load {
        address: server.address,
        requests: vec![list; OTHERS_CONNECTIONS],
        status: 200,
    };

    let mut runs = Vec::new();
    for _ in 0..plan.runs {
        let hash = hash()?;
        let before = server.cpu()?;
        let alone = alone.saturate(plan.logins).await?;
        let spent = server.cpu()? - before;
        let quiet = others.at_rate(OTHERS_PER_SECOND, plan.logins).await?;
        let (flooding, flooded) = tokio::join!(
            flood.saturate(plan.logins),
            others.at_rate(OTHERS_PER_SECOND, plan.logins)
        );
        let (flooding, flooded) = (flooding?, flooded?);
        let figures = [
            millis(hash),
            rate(alone.done, alone.took),
            micros_each(spent.server, alone.done) / 1e3,
            millis(quiet.latencies.quantile(0.99)),
            millis(flooded.latencies.quantile(0.99)),
        ];
        let errors = [alone, quiet, flooding, flooded].map(|outcome| outcome.errors);
        runs.push((figures, errors.iter().sum::<u64>()));
    }
    let figures = |of: fn(&[f64; 5]) -> f64| runs.iter().map(|(run, _)| of(run)).collect();
    Ok(Login {
        store: store.name(),
        cores: cores(),
        hash_ms: figures(|[hash, ..]| *hash),
        throughput: figures(|[_, rate, ..]| *rate),
        server_ms: figures(|[_, _, server, ..]| *server),
        quiet_p99_ms: figures(|[.., quiet, _]| *quiet),
        flooded_p99_ms: figures(|[.., flooded]| *flooded),
        errors: runs.iter().map(|(_, errors)| errors).sum(),
    })
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
