use std::time::Duration;

use super::number;
use crate::figures::{count, float, millis};

const WIDTH: f64 = 760.0;
const LEFT: f64 = 250.0;
const BAR: f64 = 14.0;
const COLOURS: [&str; 4] = ["#0b6e99", "#d9730d", "#8a8f98", "#4d6461"];

/// Bars that belong together.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) bars: Vec<(&'static str, f64)>,
}

/// A curve of durations by quantiles.
pub(super) struct Line<'a> {
    pub(super) name: &'a str,
    pub(super) points: Vec<(f64, Duration)>,
}

pub(super) fn bars(title: &str, groups: &[Group]) -> String {
    let all = groups.iter().flat_map(|group| &group.bars);
    let most = all.map(|(_, value)| *value).fold(1.0, f64::max);
    let (mut shapes, mut y) = (Vec::new(), 40.0);
    for group in groups {
        shapes.push(text(LEFT - 10.0, y + BAR, "end", &group.name));
        for ((name, value), colour) in group.bars.iter().zip(COLOURS) {
            let width = value / most * (WIDTH - LEFT - 160.0);
            let height = BAR - 2.0;
            shapes.push(format!(
                r#"<rect x="{LEFT}" y="{y:.1}" width="{width:.1}" height="{height}" fill="{colour}"/>"#
            ));
            let label = format!("{} {name}", number(*value));
            shapes.push(text(LEFT + width + 6.0, y + BAR - 4.0, "start", &label));
            y += BAR;
        }
        y += 12.0;
    }
    picture(title, y, &shapes)
}

/// Quantiles go right by nines, durations up by tens.
pub(super) fn lines(title: &str, lines: &[Line<'_>]) -> String {
    let (left, right, top, bottom) = (60.0, WIDTH - 130.0, 40.0, 300.0);
    let points = || lines.iter().flat_map(|line| &line.points);
    let logs = || points().map(|(_, duration)| millis(*duration).max(0.01).log10());
    let low = logs().fold(f64::INFINITY, f64::min).floor();
    let high = logs()
        .fold(f64::NEG_INFINITY, f64::max)
        .ceil()
        .max(low + 1.0);
    if !low.is_finite() {
        return picture(title, bottom, &[]);
    }
    let x = |share: f64| left + nines(share) / nines(0.9999) * (right - left);
    let y = |ms: f64| bottom - (ms.max(0.01).log10() - low) / (high - low) * (bottom - top);
    let mut shapes = Vec::new();
    for (share, name) in [(0.5, "p50"), (0.9, "p90"), (0.99, "p99"), (0.999, "p99.9")] {
        let x = x(share);
        shapes.push(format!(
            r##"<path d="M{x:.1} {top}V{bottom}" stroke="#ddd"/>"##
        ));
        shapes.push(text(x, bottom + 18.0, "middle", name));
    }
    let mut power = low;
    while power <= high {
        let value = 10_f64.powf(power);
        let y = y(value);
        shapes.push(format!(
            r##"<path d="M{left} {y:.1}H{right}" stroke="#ddd"/>"##
        ));
        shapes.push(text(left - 6.0, y + 4.0, "end", &number(value)));
        power += 1.0;
    }
    for ((place, line), colour) in lines.iter().enumerate().zip(COLOURS) {
        let points = line.points.iter();
        let points = points.map(|(share, at)| format!("{:.1},{:.1}", x(*share), y(millis(*at))));
        let points = points.collect::<Vec<_>>().join(" ");
        shapes.push(format!(
            r#"<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>"#
        ));
        let at = top + 16.0 * float(count(place)) + 10.0;
        let start = right + 10.0;
        shapes.push(format!(
            r#"<rect x="{start}" y="{:.1}" width="10" height="10" fill="{colour}"/>"#,
            at - 9.0
        ));
        shapes.push(text(start + 16.0, at, "start", line.name));
    }
    picture(title, bottom + 30.0, &shapes)
}

/// How many nines a share has: 1 for 0.9, 2 for 0.99.
fn nines(share: f64) -> f64 {
    -(1.0 - share).log10()
}

fn text(x: f64, y: f64, anchor: &str, text: &str) -> String {
    format!(r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{text}</text>"#)
}

fn picture(title: &str, height: f64, shapes: &[String]) -> String {
    let shapes = shapes.concat();
    let title = text(10.0, 22.0, "start", title);
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>{title}{shapes}</svg>
"##
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_takes_all_the_width_and_half_of_it_half() {
        let group = Group {
            name: "GET".to_owned(),
            bars: vec![("one", 200.0), ("other", 100.0)],
        };

        let svg = bars("Rates", &[group]);

        assert!(svg.contains(r#"width="350.0""#), "{svg}");
        assert!(svg.contains(r#"width="175.0""#), "{svg}");
    }

    #[test]
    fn quantiles_are_placed_by_their_nines() {
        assert!((nines(0.9) - 1.0).abs() < 1e-9);
        assert!((nines(0.999) - 3.0).abs() < 1e-9);
    }

    #[test]
    fn a_plot_of_nothing_is_empty() {
        assert!(!lines("Nothing", &[]).contains("polyline"));
    }
}
