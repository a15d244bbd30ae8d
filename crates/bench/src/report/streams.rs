use super::{Table, counted, number, spread};
use crate::figures::{Figure, millis};
use crate::latencies::Latencies;
use crate::plan::Plan;
use crate::scenarios::{Generations, Measured, Readers, Reconnects, StreamRun};

pub(super) fn sections(measured: &Measured) -> Vec<String> {
    let mut sections = Vec::new();
    if !measured.generations.is_empty() {
        sections.push(generations(&measured.plan, &measured.generations));
    }
    sections.extend(measured.readers.as_ref().map(readers));
    sections.extend(measured.reconnects.as_ref().map(reconnects));
    sections
}

/// A quantile of something in each run, in milliseconds.
pub(super) fn quantile(
    case: &Generations,
    of: impl Fn(&StreamRun) -> &Latencies,
    share: f64,
) -> Figure {
    case.figure(|run| match of(run) {
        none if none.is_empty() => f64::NAN,
        some => millis(some.quantile(share)),
    })
}

fn generations(plan: &Plan, cases: &[Generations]) -> String {
    let mut starts = Table::new(&[
        "streams",
        "through",
        "due within, s",
        "all begun after, s",
        "first text p50, ms",
        "first text p99, ms",
        "errors",
    ]);
    let mut times = Table::new(&[
        "streams",
        "through",
        "window, s",
        "token late p50, ms",
        "token late p99, ms",
        "tokens a frame",
    ]);
    let mut costs = Table::new(&[
        "streams",
        "through",
        "frames a second",
        "server µs a frame",
        "database µs",
        "upstream µs",
        "load µs",
    ]);
    for case in cases {
        let errors: usize = case.runs.iter().map(|run| run.errors).sum();
        let key = [case.wave.streams.to_string(), case.through.to_owned()];
        let begun = case.runs.iter().filter_map(|run| run.begun_after);
        let begun: Figure = begun.map(|after| after.as_secs_f64()).collect();
        let cells = [
            number(case.wave.spread.as_secs_f64()),
            spread(&begun),
            spread(&quantile(case, |run| &run.first, 0.5)),
            spread(&quantile(case, |run| &run.first, 0.99)),
            errors.to_string(),
        ];
        starts.row(key.clone().into_iter().chain(cells));
        let cells = [
            spread(&case.figure(|run| run.window.as_secs_f64())),
            spread(&quantile(case, |run| &run.lateness, 0.5)),
            spread(&quantile(case, |run| &run.lateness, 0.99)),
            spread(&case.figure(|run| run.merged)),
        ];
        times.row(key.clone().into_iter().chain(cells));
        let cells = [
            spread(&case.figure(|run| run.frames_per_second)),
            spread(&case.figure(|run| run.server_us)),
            spread(&case.figure(|run| run.database_us)),
            spread(&case.figure(|run| run.upstream_us)),
            spread(&case.figure(|run| run.load_us)),
        ];
        costs.row(key.into_iter().chain(cells));
    }
    format!(
        "## Replies\n\nSo many replies are written at the same time, {} tokens a second each, and each has \
        one reader. *Direct* reads the upstream without the server; what the server adds is the difference \
        to it.\n\n\
        The start: they are due to begin evenly within so long. The first text counts from when its stream \
        was due, with the connection and the claim in it. Errors are streams that did not come to their end \
        with all tokens.\n\n{starts}\n\
        The steady state: the window opens with the first text of the last stream, and closes before the \
        first one ends. A token is late by what it came after the upstream's even pace, which the token of \
        the same reply that was least late sets, in the window or before; tokens that came in one frame came \
        together.\n\n{times}\n\
        CPU time for each frame that a reader got, in the same window:\n\n{costs}",
        plan.tokens_per_second
    )
}

fn readers(readers: &Readers) -> String {
    let mut table = Table::new(&["figure", "measured"]);
    let ms = |latencies: &Latencies, share| number(millis(latencies.quantile(share)));
    for (name, value) in [
        ("memory for each open stream, KiB", number(readers.kib_each)),
        ("frames a second", number(readers.frames_per_second)),
        (
            "tokens a second, delivered",
            number(readers.tokens_per_second),
        ),
        ("tokens a frame", number(readers.merged)),
        ("server µs a frame", number(readers.server_us)),
        ("load µs a frame", number(readers.load_us)),
        ("token late p50, ms", ms(&readers.lateness, 0.5)),
        ("token late p99, ms", ms(&readers.lateness, 0.99)),
        ("gap between frames p50, ms", ms(&readers.gaps, 0.5)),
        ("gap between frames p99, ms", ms(&readers.gaps, 0.99)),
        ("errors", readers.errors.to_string()),
    ] {
        table.row([name.to_owned(), value]);
    }
    format!(
        "## Many readers\n\n{} readers of {} live replies, with {}, in one run. They come within seconds, \
        each gets what was said so far, and then follows. Times, rates and costs are of the {} s after all \
        have begun.\n\n{table}",
        counted(readers.count),
        readers.live,
        readers.store,
        number(readers.window.as_secs_f64()),
    )
}

fn reconnects(reconnects: &Reconnects) -> String {
    let mut table = Table::new(&["figure", "measured"]);
    let ms = |share| number(millis(reconnects.resumed.quantile(share)));
    for (name, value) in [
        ("first missed text p50, ms", ms(0.5)),
        ("first missed text p99, ms", ms(0.99)),
        ("server µs for each reader", number(reconnects.server_us)),
        ("load µs for each reader", number(reconnects.load_us)),
        ("errors", reconnects.errors.to_string()),
    ] {
        table.row([name.to_owned(), value]);
    }
    format!(
        "## Readers come back\n\n{} readers come back within {:?} to {} live replies, with the id of the \
        last event they saw, and stay; with {}, in one run. Time counts from when each was due. The CPU time \
        holds what the replies and the readers who are back already take meanwhile.\n\n{table}",
        counted(reconnects.readers),
        reconnects.within,
        reconnects.live,
        reconnects.store,
    )
}
