use super::streams::quantile;
use super::{Table, number, spread};
use crate::figures::{Figure, millis};
use crate::latencies::Latencies;
use crate::scenarios::{DIRECT, Endpoint, Generations, Measured, StreamRun};

/// What a figure has to be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

/// A promise, and what has become of it.
struct Target {
    what: String,
    bound: Bound,
    unit: &'static str,
    measured: Figure,
    /// What cannot be surpassed, or what it is measured against.
    limit: String,
}

impl Bound {
    fn is_met_by(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
        }
    }
}

/// Judged by the median; what was not measured is not told.
pub(super) fn section(measured: &Measured) -> Option<String> {
    let mut table = Table::new(&["target", "", "measured", "", "limit in the same run"]);
    let mut targets = requests(measured);
    targets.extend(logins(measured));
    targets.extend(streams(measured));
    targets.extend(starts(measured));
    if targets.is_empty() {
        return None;
    }
    for target in targets {
        let Some(median) = target.measured.median() else {
            continue;
        };
        let (sign, value) = match target.bound {
            Bound::AtLeast(least) => ("≥", least),
            Bound::AtMost(most) => ("≤", most),
        };
        let is_met = target.bound.is_met_by(median);
        let verdict = if is_met { "✓" } else { "missed" };
        table.row([
            target.what,
            format!("{sign} {} {}", number(value), target.unit),
            spread(&target.measured),
            verdict.to_owned(),
            target.limit,
        ]);
    }
    Some(format!(
        "## Targets\n\nThey are for two cores that all of it shares.\n\n{table}\n\
        Why what is missed is missed, and what it means for one machine: [SCALING.md](SCALING.md).\n"
    ))
}

fn requests(measured: &Measured) -> Vec<Target> {
    let mut targets = Vec::new();
    for rest in &measured.rest {
        let what = format!("{}, {}", rest.endpoint.name(), rest.store);
        if rest.endpoint != Endpoint::CreateTicket {
            targets.push(Target {
                what: format!("{what}: share of pgbench's rate"),
                bound: Bound::AtLeast(50.0),
                unit: "%",
                measured: rest.of_pgbench().map(|share| share * 100.0),
                limit: format!("{} a second", spread(&rest.pgbench())),
            });
        }
        if matches!(rest.endpoint, Endpoint::ListTickets | Endpoint::GetTicket) {
            let bare = rest.figure(|run| 1e6 / run.bare_us);
            targets.push(Target {
                what: format!("{what}: a second per core of server CPU"),
                bound: Bound::AtLeast(10_000.0),
                unit: "",
                measured: rest.figure(|run| run.answers.per_core),
                limit: format!("bare: {}", spread(&bare)),
            });
        }
    }
    targets
}

fn logins(measured: &Measured) -> Vec<Target> {
    let mut targets = Vec::new();
    for login in &measured.logins {
        targets.push(Target {
            what: format!(
                "sign-ins, {}: share of what the cores can hash",
                login.store
            ),
            bound: Bound::AtLeast(90.0),
            unit: "%",
            measured: login.of_limit().map(|share| share * 100.0),
            limit: format!("{} ms a hash", spread(&login.hash_ms)),
        });
        targets.push(Target {
            what: format!(
                "GET /tickets while signing in, {}: p99 grows to",
                login.store
            ),
            bound: Bound::AtMost(3.0),
            unit: "×",
            measured: login.slowdown(),
            limit: format!("quiet: {} ms", spread(&login.quiet_p99_ms)),
        });
    }
    targets
}

fn streams(measured: &Measured) -> Vec<Target> {
    let first: fn(&StreamRun) -> &Latencies = |run| &run.first;
    let lateness: fn(&StreamRun) -> &Latencies = |run| &run.lateness;
    let mut targets = Vec::new();
    let through = measured.generations.iter();
    for case in through.filter(|case| case.through != DIRECT) {
        let mut all = measured.generations.iter();
        let direct =
            all.find(|other| other.wave.streams == case.wave.streams && other.through == DIRECT);
        let Some(direct) = direct else { continue };
        let streams = format!("{} streams, {}", case.wave.streams, case.through);
        let promises: &[_] = match case.wave.streams {
            100 => &[
                ("first text p50", first, 0.5, 5.0),
                ("first text p99", first, 0.99, 20.0),
            ],
            1000 => &[("inter-token p99", lateness, 0.99, 5.0)],
            _ => &[],
        };
        for &(name, of, share, most) in promises {
            let limit = quantile(direct, of, share);
            targets.push(Target {
                what: format!("{streams}: added to {name}"),
                bound: Bound::AtMost(most),
                unit: "ms",
                measured: quantile(case, of, share).zip(&limit, |ours, direct| ours - direct),
                limit: format!("direct: {} ms", spread(&limit)),
            });
        }
        if case.wave.streams >= 100 {
            targets.push(server_cpu(&streams, case));
        }
    }
    if let Some(readers) = &measured.readers {
        let what = format!("{} readers of {} replies", readers.count, readers.live);
        targets.push(Target {
            what: format!("{what}: memory a stream"),
            bound: Bound::AtMost(16.0),
            unit: "KiB",
            measured: [readers.kib_each].into_iter().collect(),
            limit: String::new(),
        });
        targets.push(Target {
            what: format!("{what}: inter-token p99"),
            bound: Bound::AtMost(60.0),
            unit: "ms",
            measured: [millis(readers.lateness.quantile(0.99))]
                .into_iter()
                .collect(),
            limit: String::new(),
        });
        targets.push(Target {
            what: format!("{what}: server CPU a frame"),
            bound: Bound::AtMost(8.0),
            unit: "µs",
            measured: [readers.server_us].into_iter().collect(),
            limit: format!("load: {} µs", number(readers.load_us)),
        });
    }
    targets
}

fn server_cpu(streams: &str, case: &Generations) -> Target {
    Target {
        what: format!("{streams}: server CPU a frame"),
        bound: Bound::AtMost(8.0),
        unit: "µs",
        measured: case.figure(|run| run.server_us),
        limit: format!("load: {} µs", spread(&case.figure(|run| run.load_us))),
    }
}

fn starts(measured: &Measured) -> Vec<Target> {
    let mut targets = Vec::new();
    for start in &measured.starts {
        targets.push(Target {
            what: format!("memory at rest, {}", start.store),
            bound: Bound::AtMost(40.0),
            unit: "MiB",
            measured: start.idle_mib.clone(),
            limit: String::new(),
        });
        targets.push(Target {
            what: format!("start to ready, {}", start.store),
            bound: Bound::AtMost(300.0),
            unit: "ms",
            measured: start.ready_ms.clone(),
            limit: String::new(),
        });
    }
    targets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_met_at_its_bound() {
        assert!(Bound::AtLeast(50.0).is_met_by(50.0));
        assert!(!Bound::AtLeast(50.0).is_met_by(49.9));
        assert!(Bound::AtMost(5.0).is_met_by(5.0));
        assert!(!Bound::AtMost(5.0).is_met_by(5.1));
    }
}
