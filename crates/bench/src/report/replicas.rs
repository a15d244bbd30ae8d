use super::{Table, spread};
use crate::figures::{Figure, millis};
use crate::latencies::Latencies;
use crate::plan::Plan;
use crate::scenarios::{Answers, Replicas, StreamRun};

pub(super) fn section(plan: &Plan, replicas: &Replicas) -> String {
    format!(
        "## Two servers\n\nTwo servers on one PostgreSQL, on the same cores. {} replies are asked for at \
        one of them, begin as above, and are read there, or at the other one: whoever had them begun left \
        as soon as they were. *Added* is the difference between the two, run by run. The window is as above.\
        \n\n{}\n`GET /tickets/{{id}}` over {} connections, to one of them and dealt out to both; CPU time \
        is of both together, and latencies are at half the rate.\n\n{}",
        replicas.wave.streams,
        streams(replicas),
        plan.connections,
        requests(replicas)
    )
}

fn streams(replicas: &Replicas) -> String {
    let Replicas {
        here, elsewhere, ..
    } = replicas;
    let mut table = Table::new(&["figure", "window", "read there", "read elsewhere", "added"]);
    let mut row = |name: &str, window: &str, of: &dyn Fn(&StreamRun) -> f64| {
        let [here, elsewhere] = [here, elsewhere].map(|runs| figure(runs, of));
        let added = elsewhere.zip(&here, |elsewhere, here| elsewhere - here);
        let figures = [here, elsewhere, added].map(|figure| spread(&figure));
        let names = [name.to_owned(), window.to_owned()];
        table.row(names.into_iter().chain(figures));
    };
    let ms = |of: fn(&StreamRun) -> &Latencies, share| {
        move |run: &StreamRun| millis(of(run).quantile(share))
    };
    row("first text p50, ms", "start", &ms(|run| &run.first, 0.5));
    row("first text p99, ms", "start", &ms(|run| &run.first, 0.99));
    row(
        "token late p50, ms",
        "steady",
        &ms(|run| &run.lateness, 0.5),
    );
    row(
        "token late p99, ms",
        "steady",
        &ms(|run| &run.lateness, 0.99),
    );
    row("tokens a frame", "steady", &|run| run.merged);
    row("frames a second", "steady", &|run| run.frames_per_second);
    row("µs a frame of who writes", "steady", &|run| run.server_us);
    row("µs a frame of the other", "steady", &|run| run.replica_us);
    row("database µs", "steady", &|run| run.database_us);
    row("upstream µs", "steady", &|run| run.upstream_us);
    row("load µs", "steady", &|run| run.load_us);
    let errors = [here, elsewhere].map(|runs| runs.iter().map(|run| run.errors).sum());
    let errors = errors.map(|errors: usize| errors.to_string());
    let names = ["errors".to_owned(), "all".to_owned()];
    table.row(names.into_iter().chain(errors).chain([String::new()]));
    table.to_string()
}

fn requests(replicas: &Replicas) -> String {
    let mut table = Table::new(&[
        "servers",
        "a second",
        "server µs",
        "database µs",
        "load µs",
        "p50 ms",
        "p99 ms",
        "errors",
    ]);
    for (servers, runs) in [("one", &replicas.one), ("both", &replicas.both)] {
        let row = |of: &dyn Fn(&Answers) -> f64| spread(&figure(runs, of));
        let errors: u64 = runs.iter().map(|run| run.errors).sum();
        table.row([
            servers.to_owned(),
            row(&|run| run.throughput),
            row(&|run| run.server_us),
            row(&|run| run.database_us),
            row(&|run| run.load_us),
            row(&|run| millis(run.latencies.quantile(0.5))),
            row(&|run| millis(run.latencies.quantile(0.99))),
            errors.to_string(),
        ]);
    }
    table.to_string()
}

/// What a figure is in each of several runs.
fn figure<T>(runs: &[T], of: impl Fn(&T) -> f64) -> Figure {
    runs.iter().map(of).collect()
}
