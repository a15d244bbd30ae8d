mod answers;
mod customer;
mod endpoint;
mod generations;
mod growth;
mod login;
mod reader;
mod readers;
mod reconnects;
mod replicas;
mod rest;
mod start;

use std::rc::Rc;
use std::time::Instant;

use anyhow::Context as _;

pub(crate) use self::answers::Answers;
pub(crate) use self::customer::PAGE;
pub(crate) use self::endpoint::Endpoint;
pub(crate) use self::generations::{DIRECT, Generations, StreamRun};
pub(crate) use self::growth::{Crowd, Growth, LongReplies, Replay};
pub(crate) use self::login::Login;
pub(crate) use self::readers::Readers;
pub(crate) use self::reconnects::Reconnects;
pub(crate) use self::replicas::Replicas;
pub(crate) use self::rest::Rest;
pub(crate) use self::start::Start;
use crate::host::Host;
use crate::plan::{Part, Plan};
use crate::say;
use crate::world::{Cluster, Program, Store};

/// All that was measured.
pub(crate) struct Measured {
    pub(crate) plan: Plan,
    pub(crate) host: Host,
    pub(crate) starts: Vec<Start>,
    pub(crate) rest: Vec<Rest>,
    pub(crate) logins: Vec<Login>,
    pub(crate) generations: Vec<Generations>,
    pub(crate) readers: Option<Readers>,
    pub(crate) reconnects: Option<Reconnects>,
    pub(crate) replicas: Option<Replicas>,
    pub(crate) growths: Vec<Growth>,
}

/// Runs every part of the plan.
pub(crate) async fn run(plan: &Plan) -> anyhow::Result<Measured> {
    // Ten thousand readers are as many files, here and in the server, which inherits the limit.
    rlimit::increase_nofile_limit(u64::MAX).context("the limit of open files")?;
    let program = Program::beside_this(plan.fresh)?;
    let stores = stores(plan)?;
    let first = stores.first().context("no database")?;
    let mut measured = Measured {
        plan: plan.clone(),
        host: Host::describe(first.cluster()),
        starts: Vec::new(),
        rest: Vec::new(),
        logins: Vec::new(),
        generations: Vec::new(),
        readers: None,
        reconnects: None,
        replicas: None,
        growths: Vec::new(),
    };
    for store in &stores {
        let name = store.name();
        if plan.has(Part::Start) {
            let start = start::measure(plan, &program, store);
            measured
                .starts
                .push(told(&format!("start on {name}"), start).await?);
        }
        if plan.has(Part::Rest) {
            let rest = rest::measure(plan, &program, store);
            measured
                .rest
                .extend(told(&format!("requests on {name}"), rest).await?);
        }
        if plan.has(Part::Login) {
            let login = login::measure(plan, &program, store);
            measured
                .logins
                .push(told(&format!("sign-ins on {name}"), login).await?);
        }
    }
    if plan.has(Part::Generations) {
        let streams = generations::measure(plan, &program, &stores);
        measured.generations = told("replies", streams).await?;
    }
    if plan.has(Part::Readers) {
        let readers = readers::measure(plan, &program, first);
        measured.readers = Some(told("many readers", readers).await?);
    }
    if plan.has(Part::Reconnects) {
        let reconnects = reconnects::measure(plan, &program, first);
        measured.reconnects = Some(told("readers coming back", reconnects).await?);
    }
    // One process serves a file, so this takes PostgreSQL.
    if plan.has(Part::Replicas) && first.cluster().is_some() {
        let replicas = replicas::measure(plan, &program, first);
        measured.replicas = Some(told("two servers", replicas).await?);
    }
    drop(stores);
    if plan.has(Part::Growth) {
        // What grows is counted from nothing.
        for store in self::stores(plan)? {
            let growth = growth::measure(plan, &program, &store);
            let growth = told(&format!("growth on {}", store.name()), growth).await?;
            measured.growths.push(growth);
        }
    }
    Ok(measured)
}

fn stores(plan: &Plan) -> anyhow::Result<Vec<Store>> {
    let sqlite = Store::sqlite()?;
    if plan.sqlite_only {
        return Ok(vec![sqlite]);
    }
    if let Some(cluster) = Cluster::start()? {
        return Ok(vec![Store::Postgres(Rc::new(cluster)), sqlite]);
    }
    say("!! PostgreSQL (with psql and pgbench) is not installed: measuring SQLite alone !!");
    Ok(vec![sqlite])
}

async fn told<T>(what: &str, part: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let begun = Instant::now();
    let measured = Box::pin(part).await.with_context(|| what.to_owned())?;
    say(&format!("{what}: {:.0?}", begun.elapsed()));
    Ok(measured)
}
