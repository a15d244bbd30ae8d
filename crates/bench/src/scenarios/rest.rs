use std::time::Duration;

use anyhow::Context as _;

use crate::client::request;
use crate::cpu;
use crate::figures::{Figure, micros_each, per_core, rate};
use crate::latencies::Latencies;
use crate::load::{Load, Outcome};
use crate::plan::Plan;
use crate::world::bare::Bare;
use crate::world::{Account, Pgbench, Program, Script, Server, Store, message, ticket};

/// The share of what the server takes at most at which latencies are measured.
const SHARE: f64 = 0.5;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Endpoint {
    ListTickets,
    GetTicket,
    CreateTicket,
    CreateMessage,
}

/// One endpoint on one database.
pub(crate) struct Rest {
    pub(crate) store: &'static str,
    pub(crate) endpoint: Endpoint,
    pub(crate) runs: Vec<RestRun>,
}

pub(crate) struct RestRun {
    /// Answers a second with every connection busy.
    pub(crate) throughput: f64,
    pub(crate) server_us: f64,
    pub(crate) database_us: f64,
    pub(crate) load_us: f64,
    /// How many answers a second one core of the server's CPU gives.
    pub(crate) per_core: f64,
    pub(crate) bytes: usize,
    pub(crate) errors: u64,
    /// Answers a second of a bare handler with a body of the same size.
    pub(crate) bare: f64,
    pub(crate) bare_us: f64,
    /// How often pgbench ran the same statements in a second.
    pub(crate) pgbench: Option<f64>,
    /// At a rate of half the throughput, from when each request was due.
    pub(crate) rate: u32,
    pub(crate) latencies: Latencies,
}

impl Endpoint {
    pub(crate) const EVERY: [Self; 4] = [
        Self::ListTickets,
        Self::GetTicket,
        Self::CreateTicket,
        Self::CreateMessage,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ListTickets => "GET /tickets",
            Self::GetTicket => "GET /tickets/{id}",
            Self::CreateTicket => "POST /tickets",
            Self::CreateMessage => "POST /tickets/{id}/messages",
        }
    }

    const fn script(self) -> Script {
        match self {
            Self::ListTickets => Script::ListTickets,
            Self::GetTicket => Script::GetTicket,
            Self::CreateTicket => Script::CreateTicket,
            Self::CreateMessage => Script::CreateMessage,
        }
    }

    const fn status(self) -> u16 {
        match self {
            Self::ListTickets | Self::GetTicket => 200,
            Self::CreateTicket | Self::CreateMessage => 201,
        }
    }
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
            .filter_map(|run| Some(run.throughput / run.pgbench?))
            .collect()
    }
}

/// Who asks, and for what.
struct Customer {
    account: Account,
    /// For whoever lists tickets; the first one has messages.
    tickets: Vec<String>,
    /// Whose tickets are written into, one for each connection.
    writer: Account,
    written: Vec<String>,
}

pub(crate) async fn measure(
    plan: &Plan,
    program: &Program,
    store: &Store,
) -> anyhow::Result<Vec<Rest>> {
    let server = Server::start(program, store, None).await?;
    let account = Account::create(server.address).await?;
    let tickets = account.open_tickets(plan.tickets).await?;
    let first = tickets.first().context("no ticket")?;
    account.write(first, plan.messages).await?;
    let writer = Account::create(server.address).await?;
    let written = writer.open_tickets(plan.connections).await?;
    let customer = Customer {
        account,
        tickets,
        writer,
        written,
    };
    if let Some(cluster) = store.cluster() {
        cluster.execute("vacuum analyze")?;
    }
    let mut measured = Vec::new();
    for endpoint in Endpoint::EVERY {
        let mut runs = Vec::new();
        for _ in 0..plan.runs {
            runs.push(run(plan, &server, store, endpoint, &customer).await?);
        }
        measured.push(Rest {
            store: store.name(),
            endpoint,
            runs,
        });
    }
    Ok(measured)
}

async fn run(
    plan: &Plan,
    server: &Server,
    store: &Store,
    endpoint: Endpoint,
    customer: &Customer,
) -> anyhow::Result<RestRun> {
    let load = Load {
        address: server.address,
        requests: requests(plan, endpoint, customer)?,
        status: endpoint.status(),
    };
    let before = server.cpu()?;
    let full = load.saturate(plan.load).await?;
    let spent = server.cpu()? - before;
    let (bare, bare_us) = bare(plan.load, &load, full.bytes).await?;
    let pgbench = match store.cluster() {
        Some(cluster) => {
            let pgbench = Pgbench {
                cluster,
                email: &customer.account.email,
                written: &customer.written,
                ticket: customer.tickets.first().context("no ticket")?,
            };
            Some(pgbench.run(endpoint.script(), plan.load)?)
        }
        None => None,
    };
    let throughput = rate(full.done, full.took);
    let half = whole(throughput * SHARE);
    let steady = load.at_rate(half, plan.load).await?;
    Ok(RestRun {
        throughput,
        server_us: micros_each(spent.server, full.done),
        database_us: micros_each(spent.database, full.done),
        load_us: micros_each(spent.load, full.done),
        per_core: per_core(spent.server, full.done),
        bytes: full.bytes,
        errors: full.errors + steady.errors,
        bare,
        bare_us,
        pgbench,
        rate: half,
        latencies: steady.latencies,
    })
}

fn requests(plan: &Plan, endpoint: Endpoint, customer: &Customer) -> anyhow::Result<Vec<Vec<u8>>> {
    let Customer {
        account,
        tickets,
        writer,
        written,
    } = customer;
    let one = match endpoint {
        Endpoint::ListTickets => {
            let path = format!("/tickets?limit={}", plan.tickets);
            request("GET", &path, &account.token, None)
        }
        Endpoint::GetTicket => {
            let path = format!("/tickets/{}", tickets.first().context("no ticket")?);
            request("GET", &path, &account.token, None)
        }
        Endpoint::CreateTicket => request(
            "POST",
            "/tickets",
            &writer.token,
            Some(&ticket().to_string()),
        ),
        Endpoint::CreateMessage => {
            let message = message().to_string();
            let paths = written.iter().map(|id| format!("/tickets/{id}/messages"));
            let requests = paths.map(|path| request("POST", &path, &writer.token, Some(&message)));
            return Ok(requests.collect());
        }
    };
    Ok(vec![one; plan.connections])
}

/// What the web framework alone answers to the same requests.
async fn bare(lasting: Duration, load: &Load, bytes: usize) -> anyhow::Result<(f64, f64)> {
    let bare = Bare::start(bytes)?;
    let load = Load {
        address: bare.address(),
        requests: load.requests.clone(),
        status: 200,
    };
    let before = cpu::of(bare.pid())?;
    let Outcome { done, took, .. } = load.saturate(lasting).await?;
    let spent = cpu::of(bare.pid())?.saturating_sub(before);
    Ok((rate(done, took), micros_each(spent, done)))
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rates are far from the ends of both types, and the conversion saturates"
)]
const fn whole(rate: f64) -> u32 {
    rate as u32
}
