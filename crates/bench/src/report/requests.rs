use super::{Table, spread};
use crate::figures::millis;
use crate::plan::Plan;
use crate::scenarios::{Login, Measured, PAGE, Rest};

pub(super) fn sections(measured: &Measured) -> Vec<String> {
    let mut sections = Vec::new();
    let logins = measured.logins.iter().map(|login| &login.alone);
    let all: Vec<&Rest> = measured.rest.iter().chain(logins).collect();
    if !all.is_empty() {
        sections.push(requests(&measured.plan, &all));
        sections.push(latencies(&all));
    }
    if !measured.logins.is_empty() {
        sections.push(sign_ins(&measured.logins));
    }
    sections
}

fn requests(plan: &Plan, rest: &[&Rest]) -> String {
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
        let errors: u64 = rest.runs.iter().map(|run| run.answers.errors).sum();
        let bytes = rest.runs.last().map_or(0, |run| run.answers.bytes);
        table.row([
            rest.endpoint.name().to_owned(),
            rest.store.to_owned(),
            spread(&rest.figure(|run| run.answers.throughput)),
            spread(&rest.figure(|run| run.answers.server_us)),
            spread(&rest.figure(|run| run.answers.database_us)),
            spread(&rest.figure(|run| run.answers.load_us)),
            spread(&rest.figure(|run| run.answers.per_core)),
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
        plan.connections, PAGE, plan.messages
    )
}

fn latencies(rest: &[&Rest]) -> String {
    let mut table = Table::new(&[
        "request", "database", "a second", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms",
    ]);
    for rest in rest {
        let quantile =
            |share: f64| spread(&rest.figure(|run| millis(run.answers.latencies.quantile(share))));
        table.row([
            rest.endpoint.name().to_owned(),
            rest.store.to_owned(),
            spread(&rest.figure(|run| f64::from(run.answers.rate))),
            quantile(0.5),
            quantile(0.9),
            quantile(0.99),
            quantile(0.999),
        ]);
    }
    format!("### Latencies at half of that rate\n\n{table}")
}

fn sign_ins(logins: &[Login]) -> String {
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
            spread(&login.throughput()),
            spread(&login.of_limit()),
            spread(&login.hash_ms),
            spread(&login.alone.figure(|run| run.answers.server_us / 1e3)),
            spread(&login.quiet_p99_ms),
            spread(&login.flooded_p99_ms),
            login.errors.to_string(),
        ]);
    }
    format!(
        "## Sign-ins\n\nAs many connections as for requests sign in all the time. Then `GET /tickets` is \
        asked 200 times a second, first alone, and then while four connections for each core sign in. \
        What the cores can hash is their number divided by the CPU time of one hash with nothing around \
        it.\n\n{table}"
    )
}
