use super::{Table, counted, number};
use crate::figures::{count, millis};
use crate::plan::Plan;
use crate::scenarios::{Crowd, Growth, LongReplies, Replay};

pub(super) fn section(plan: &Plan, growths: &[Growth]) -> String {
    let mut sections = vec!["## How cost grows\n".to_owned()];
    sections.push(tickets(plan, growths));
    sections.push(everywhere(growths));
    sections.push(replies(plan, growths));
    sections.push(replays(growths));
    sections.join("\n")
}

fn tickets(plan: &Plan, growths: &[Growth]) -> String {
    let mut table = Table::new(&[
        "request",
        "database",
        "own tickets",
        "others' tickets",
        "a second",
        "×",
        "server µs",
        "×",
        "database µs",
        "×",
        "p50 ms",
        "p99 ms",
        "pgbench",
        "load µs",
        "errors",
    ]);
    for growth in growths {
        let mut crowds: Vec<&Crowd> = growth.crowds.iter().collect();
        // Each request's rows stand together, the smallest first, in the order of their first ones.
        let places: Vec<_> = crowds.iter().map(|crowd| crowd.endpoint).collect();
        crowds.sort_by_key(|crowd| places.iter().position(|place| *place == crowd.endpoint));
        for crowd in &crowds {
            let mut all = crowds.iter();
            let small = all.find(|other| other.endpoint == crowd.endpoint);
            let Some(small) = small.map(|small| &small.answers) else {
                continue;
            };
            let answers = &crowd.answers;
            let ms = |share| number(millis(answers.latencies.quantile(share)));
            table.row([
                crowd.endpoint.name().to_owned(),
                growth.store.to_owned(),
                crowd.own.map_or_else(none, |own| counted(count(own))),
                counted(crowd.others),
                number(answers.throughput),
                factor(answers.throughput, small.throughput),
                number(answers.server_us),
                factor(answers.server_us, small.server_us),
                number(answers.database_us),
                factor(answers.database_us, small.database_us),
                ms(0.5),
                ms(0.99),
                crowd.pgbench.map_or_else(none, number),
                number(answers.load_us),
                answers.errors.to_string(),
            ]);
        }
    }
    format!(
        "### More tickets\n\nThe requests of above, of a customer with so many tickets of their own, before \
        and after so many of others are there, every tenth of which has a message; in one run of {:?} \
        for each, and latencies at half the rate. The search is for a word of all own tickets and of every \
        hundredth other one; {} of the staff search at the same time. × is in terms of the first row of \
        the same request.\n\n{table}",
        plan.growth.load, plan.growth.staff
    )
}

fn everywhere(growths: &[Growth]) -> String {
    let mut table = Table::new(&["database", "tickets that have the word", "status", "ms"]);
    for growth in growths {
        let everywhere = &growth.everywhere;
        table.row([
            growth.store.to_owned(),
            counted(everywhere.others),
            everywhere
                .status
                .map_or_else(none, |status| status.to_string()),
            number(millis(everywhere.took)),
        ]);
    }
    format!(
        "One search of the staff for a word that is in every ticket of others; without a status where no answer \
        came in time:\n\n{table}"
    )
}

fn replies(plan: &Plan, growths: &[Growth]) -> String {
    let mut table = Table::new(&[
        "tokens",
        "streams",
        "database",
        "first text p50, ms",
        "tokens a frame",
        "server µs a frame",
        "×",
        "server µs a token",
        "×",
        "database µs a frame",
        "load µs a frame",
        "errors",
    ]);
    let most = |growth: &Growth| growth.replies.iter().map(|case| case.streams).max();
    for growth in growths {
        for streams in [Some(1), most(growth)] {
            let lengths = growth.replies.iter();
            let lengths: Vec<_> = lengths
                .filter(|case| Some(case.streams) == streams)
                .collect();
            for case in &lengths {
                let Some(short) = lengths.first() else {
                    continue;
                };
                let a_token = |case: &LongReplies| case.server_us / case.merged;
                table.row([
                    counted(case.tokens),
                    case.streams.to_string(),
                    growth.store.to_owned(),
                    number(millis(case.first.quantile(0.5))),
                    number(case.merged),
                    number(case.server_us),
                    factor(case.server_us, short.server_us),
                    number(a_token(case)),
                    factor(a_token(case), a_token(short)),
                    number(case.database_us),
                    number(case.load_us),
                    case.errors.to_string(),
                ]);
            }
        }
    }
    format!(
        "### Longer replies\n\n{} tokens a second each. Short replies are written one after the other, until \
        each reader has read {} tokens. CPU time is from the first request to the last end, so it holds what \
        a reply takes once, whatever its length; × is in terms of the short ones.\n\n{table}",
        counted(plan.growth.pace),
        counted(plan.growth.tokens_in_all)
    )
}

fn replays(growths: &[Growth]) -> String {
    let mut table = Table::new(&[
        "cursor",
        "database",
        "tokens",
        "to the end p50, ms",
        "×",
        "server µs",
        "×",
        "database µs",
        "errors",
    ]);
    for growth in growths {
        let mut rows: Vec<(u32, &Replay)> = Vec::new();
        for case in &growth.replies {
            rows.extend(case.replays.iter().map(|replay| (case.tokens, replay)));
        }
        rows.sort_by_key(|(_, replay)| replay.cursor.name());
        for (tokens, replay) in &rows {
            let mut all = rows.iter();
            let Some((_, short)) = all.find(|(_, other)| other.cursor == replay.cursor) else {
                continue;
            };
            let p50 = |replay: &Replay| millis(replay.whole.quantile(0.5));
            table.row([
                replay.cursor.name().to_owned(),
                growth.store.to_owned(),
                counted(*tokens),
                number(p50(replay)),
                factor(p50(replay), p50(short)),
                number(replay.server_us),
                factor(replay.server_us, short.server_us),
                number(replay.database_us),
                replay.errors.to_string(),
            ]);
        }
    }
    format!(
        "A reader who comes when the reply has ended, one after the other; with the id of that event, or \
        without one:\n\n{table}"
    )
}

/// What something is in terms of what it was.
fn factor(now: f64, before: f64) -> String {
    number(now / before)
}

fn none() -> String {
    "–".to_owned()
}
