mod plots;
mod streams;
mod svg;
mod table;
mod targets;

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use self::table::{Table, number, spread};
use crate::host::Host;
use crate::plan::Plan;
use crate::scenarios::{Login, Measured, Rest, Start};

const INTRODUCTION: &str = "\
# How fast it is

Written by `cargo run --release -p bench -- all`. Client, upstream, database and server share the machine
below, each in a process of its own; so where its cores are full, the CPU times tell more than the wall
times. CPU times are of the whole process, by `/proc/PID/stat`, divided by what was answered or delivered.
Figures are medians of the runs, with the least and the most of them in parentheses.

Latencies are taken under an open-loop load: requests are due at a fixed rate, whatever has become of those
before, and count from when they were due. Beside the server stand its limits, measured in the same run: a
bare handler of the same web framework that answers a body of the same size; pgbench, which runs the same
statements with `-M prepared` over as many connections as the server keeps; and the upstream, read without
the server.
";

/// The report as it is checked in.
pub(crate) struct Report {
    pub(crate) text: String,
    plots: Vec<(&'static str, String)>,
}

impl Report {
    pub(crate) fn save(&self, folder: &Path) -> anyhow::Result<()> {
        let plots = folder.join("benchmarks");
        fs::create_dir_all(&plots)?;
        for (name, svg) in &self.plots {
            fs::write(plots.join(name), svg)?;
        }
        fs::write(folder.join("BENCHMARKS.md"), &self.text).context("cannot write the report")
    }
}

pub(crate) fn write(measured: &Measured) -> Report {
    let plots = plots::draw(measured);
    let mut sections = vec![
        INTRODUCTION.to_owned(),
        machine(measured),
        targets::section(measured),
    ];
    for (name, _) in &plots {
        let title = name.trim_end_matches(".svg").replace('-', " ");
        sections.push(format!("![{title}](benchmarks/{name})\n"));
    }
    if !measured.rest.is_empty() {
        sections.push(requests(&measured.plan, &measured.rest));
        sections.push(latencies(&measured.rest));
    }
    if !measured.logins.is_empty() {
        sections.push(logins(&measured.logins));
    }
    sections.extend(streams::sections(measured));
    if !measured.starts.is_empty() {
        sections.push(starts(&measured.starts));
    }
    Report {
        text: sections.join("\n"),
        plots,
    }
}

fn machine(measured: &Measured) -> String {
    let Host {
        cores,
        model,
        memory,
        kernel,
        postgres,
        load,
        profile,
    } = &measured.host;
    let small = match measured.plan.name {
        "all" => "",
        _ => "\n**These figures are of a run that only shows that it works.**\n",
    };
    format!(
        "## The machine\n{small}\n\
        {cores} cores, {model}; {memory} of memory; Linux {kernel}; {postgres}, with its usual settings but \
        for `shared_buffers=256MB` and `max_connections=300`, on the same disk; profile `{profile}`. \
        Before the start {load} other processes were busy (load average of a minute).\n"
    )
}

fn requests(plan: &Plan, rest: &[Rest]) -> String {
    let mut table = Table::new(&[
        "request",
        "database",
        "a second",
        "server µs",
        "database µs",
        "load µs",
        "a second per core of server CPU",
        "pgbench",
        "bare",
        "bare µs",
        "bytes",
        "errors",
    ]);
    for rest in rest {
        let errors: u64 = rest.runs.iter().map(|run| run.errors).sum();
        let bytes = rest.runs.last().map_or(0, |run| run.bytes);
        table.row([
            rest.endpoint.name().to_owned(),
            rest.store.to_owned(),
            spread(&rest.figure(|run| run.throughput)),
            spread(&rest.figure(|run| run.server_us)),
            spread(&rest.figure(|run| run.database_us)),
            spread(&rest.figure(|run| run.load_us)),
            spread(&rest.figure(|run| run.per_core)),
            spread(&rest.pgbench()),
            spread(&rest.figure(|run| run.bare)),
            spread(&rest.figure(|run| run.bare_us)),
            bytes.to_string(),
            errors.to_string(),
        ]);
    }
    format!(
        "## Requests\n\n{} connections, each of which asks again as soon as it has its answer. Lists are of \
        {} tickets, and the ticket has {} messages.\n\n{table}",
        plan.connections, plan.tickets, plan.messages
    )
}

fn latencies(rest: &[Rest]) -> String {
    let mut table = Table::new(&[
        "request", "database", "a second", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms",
    ]);
    for rest in rest {
        let quantile = |share: f64| {
            let of = |run: &crate::scenarios::RestRun| {
                crate::figures::millis(run.latencies.quantile(share))
            };
            spread(&rest.figure(of))
        };
        table.row([
            rest.endpoint.name().to_owned(),
            rest.store.to_owned(),
            spread(&rest.figure(|run| f64::from(run.rate))),
            quantile(0.5),
            quantile(0.9),
            quantile(0.99),
            quantile(0.999),
        ]);
    }
    format!("### Latencies at half of that rate\n\n{table}")
}

fn logins(logins: &[Login]) -> String {
    let mut table = Table::new(&[
        "database",
        "sign-ins a second",
        "of what the cores can hash",
        "CPU of a hash, ms",
        "server ms",
        "p99 of GET /tickets, ms",
        "while signing in, ms",
        "errors",
    ]);
    for login in logins {
        table.row([
            login.store.to_owned(),
            spread(&login.throughput),
            spread(&login.of_limit()),
            spread(&login.hash_ms),
            spread(&login.server_ms),
            spread(&login.quiet_p99_ms),
            spread(&login.flooded_p99_ms),
            login.errors.to_string(),
        ]);
    }
    format!(
        "## Sign-ins\n\nAs many connections as for requests sign in all the time. Then `GET /tickets` is asked \
        200 times a second, first alone, and then while four connections for each core sign in. What the cores can hash is their number divided by the CPU time of one \
        hash with nothing around it.\n\n{table}"
    )
}

fn starts(starts: &[Start]) -> String {
    let mut table = Table::new(&["database", "start to ready, ms", "memory at rest, MiB"]);
    for start in starts {
        table.row([
            start.store.to_owned(),
            spread(&start.ready_ms),
            spread(&start.idle_mib),
        ]);
    }
    format!("## Start and rest\n\nThe database is migrated.\n\n{table}")
}
