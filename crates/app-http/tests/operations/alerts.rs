//! The alert rules, by Prometheus' own tool, and the guide that goes with them.

use std::process::Command;

use crate::programs::{program, repository, run};

const RULES: &str = include_str!("../../../../docs/operations/alerts.yml");
const GUIDE: &str = include_str!("../../../../docs/OPERATIONS.md");

#[test]
fn alerts_fire_when_they_should_and_not_on_a_good_day() {
    let Some(promtool) = program("promtool") else {
        return;
    };
    let folder = repository("docs/operations");
    for arguments in [
        ["check", "rules", "alerts.yml"],
        ["test", "rules", "alerts.test.yml"],
    ] {
        let mut command = Command::new(&promtool);
        run(command.args(arguments).current_dir(&folder));
    }
}

fn alerts() -> Vec<&'static str> {
    let names = RULES
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "));
    names.collect()
}

#[test]
fn the_guide_says_what_to_do_about_every_alert() {
    assert!(alerts().len() > 10, "the rules were not found");
    for alert in alerts() {
        assert!(GUIDE.contains(&format!("### {alert}\n")), "{alert}");
    }
}

#[test]
fn every_alert_is_tested() {
    let tests = include_str!("../../../../docs/operations/alerts.test.yml");
    for alert in alerts() {
        assert!(tests.contains(&format!("alertname: {alert}\n")), "{alert}");
    }
}

/// A rule about a metric that nobody tells would be silent for ever.
#[test]
fn alerts_are_about_metrics_that_there_are() {
    for word in RULES.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
        if word.starts_with("support_assistant_") {
            let metric = word.trim_end_matches("_bucket");
            assert!(GUIDE.contains(&format!("`{metric}`")), "{metric}");
        }
    }
}
