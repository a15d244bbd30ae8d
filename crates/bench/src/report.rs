mod growth;
mod plots;
mod replicas;
mod requests;
mod streams;
mod svg;
mod table;
mod targets;

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use self::table::{Table, counted, number, spread};
use crate::host::Host;
use crate::scenarios::{Measured, Start};

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
    let mut sections = vec![INTRODUCTION.to_owned(), machine(measured)];
    sections.extend(targets::section(measured));
    for (name, _) in &plots {
        let title = name.trim_end_matches(".svg").replace('-', " ");
        sections.push(format!("![{title}](benchmarks/{name})\n"));
    }
    sections.extend(requests::sections(measured));
    sections.extend(streams::sections(measured));
    if let Some(replicas) = &measured.replicas {
        sections.push(replicas::section(&measured.plan, replicas));
    }
    if !measured.starts.is_empty() {
        sections.push(starts(&measured.starts));
    }
    if !measured.growths.is_empty() {
        sections.push(growth::section(&measured.plan, &measured.growths));
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
