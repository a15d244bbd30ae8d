//! Measures the server and writes docs/BENCHMARKS.md: `cargo run --release -p bench -- all`.
//!
//! It drives the server from outside, over HTTP, as a process of its own, so that CPU times of server,
//! database, upstream and load can be told apart. Of the server's crates it knows none; beside every
//! figure stands its limit, measured in the same run by something that does only what cannot be spared.

mod client;
mod cpu;
mod figures;
mod host;
mod latencies;
mod load;
mod metronome;
mod pace;
mod plan;
mod report;
mod scenarios;
mod sse;
mod world;

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use tokio::task::LocalSet;

use self::plan::{Part, Plan};
use self::world::{bare, simulator};

/// Measures the server.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Everything, as it is published; takes about a quarter of an hour.
    All(Choice),
    /// Everything at a size that only shows that it works.
    Quick(Choice),
    /// Answers as Groq does.
    #[command(hide = true)]
    Simulator(simulator::Pace),
    /// Answers every request with a body of one size.
    #[command(hide = true)]
    Bare {
        #[arg(long)]
        bytes: usize,
    },
}

#[derive(Args)]
struct Choice {
    /// Only these parts.
    #[arg(long, value_enum)]
    only: Vec<Part>,
    /// How often everything is measured.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..))]
    runs: Option<u8>,
    /// Without PostgreSQL, even where it is installed.
    #[arg(long)]
    sqlite_only: bool,
    /// Takes the server as it was built last, rather than building it.
    #[arg(long)]
    as_built: bool,
    /// The folder for BENCHMARKS.md and its plots; without it, `all` writes into docs, and `quick`
    /// prints the report.
    #[arg(long)]
    into: Option<PathBuf>,
}

// One thread, so that the load generator takes a core at most and shares nothing between threads.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::All(choice) => {
            let documents = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs");
            measure(Plan::all(), choice, Some(documents.into())).await
        }
        Command::Quick(choice) => measure(Plan::quick(), choice, None).await,
        Command::Simulator(pace) => simulator::serve(pace).await,
        Command::Bare { bytes } => bare::serve(bytes).await,
    }
}

async fn measure(mut plan: Plan, choice: Choice, usual: Option<PathBuf>) -> anyhow::Result<()> {
    if !choice.only.is_empty() {
        plan.parts = choice.only;
    }
    plan.runs = choice.runs.map_or(plan.runs, usize::from);
    plan.sqlite_only = choice.sqlite_only;
    plan.fresh &= !choice.as_built;
    let measured = LocalSet::new().run_until(scenarios::run(&plan)).await?;
    let report = report::write(&measured);
    match choice.into.or(usual) {
        Some(folder) => report.save(&folder),
        None => Ok(std::io::stdout().write_all(report.text.as_bytes())?),
    }
}

/// Says how far things are.
fn say(line: &str) {
    // Nobody is left to be told when standard error is closed.
    drop(writeln!(std::io::stderr(), "{line}"));
}
