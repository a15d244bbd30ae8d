use super::svg::{Group, Line, bars, lines};
use crate::scenarios::{Generations, Measured};

/// The plots with the names of their files.
pub(super) fn draw(measured: &Measured) -> Vec<(&'static str, String)> {
    let mut plots = Vec::new();
    if !measured.rest.is_empty() {
        plots.push(("requests.svg", requests(measured)));
    }
    if let Some(most) = measured
        .generations
        .iter()
        .map(|case| case.wave.streams)
        .max()
    {
        let cases = measured.generations.iter();
        let cases: Vec<_> = cases.filter(|case| case.wave.streams == most).collect();
        plots.push(("lateness.svg", lateness(most, &cases)));
        plots.push(("first-text.svg", first_text(most, &cases)));
    }
    plots
}

fn requests(measured: &Measured) -> String {
    let groups: Vec<Group> = measured
        .rest
        .iter()
        .map(|rest| Group {
            name: format!("{}, {}", rest.endpoint.name(), rest.store),
            bars: [
                ("server", rest.figure(|run| run.answers.throughput)),
                ("pgbench", rest.pgbench()),
                ("bare handler", rest.figure(|run| run.bare)),
            ]
            .into_iter()
            .filter_map(|(name, figure)| Some((name, figure.median()?)))
            .collect(),
        })
        .collect();
    let title = format!(
        "Answers a second, {} connections",
        measured.plan.connections
    );
    bars(&title, &groups)
}

fn lateness(streams: u32, cases: &[&Generations]) -> String {
    let curves = cases.iter().filter_map(|case| {
        Some(Line {
            name: case.through,
            points: case.runs.last()?.lateness.curve(),
        })
    });
    let title = format!("How late tokens are, {streams} streams, ms");
    lines(&title, &curves.collect::<Vec<_>>())
}

fn first_text(streams: u32, cases: &[&Generations]) -> String {
    let curves = cases.iter().filter_map(|case| {
        Some(Line {
            name: case.through,
            points: case.runs.last()?.first.curve(),
        })
    });
    let title = format!("Time to the first text, {streams} streams, ms");
    lines(&title, &curves.collect::<Vec<_>>())
}
