//! The measurement works; what comes out of it is asserted nowhere.

use std::error::Error;
use std::path::Path;
use std::process::Command;

/// The report on some parts, which is saved into the folder with its plots.
fn measured(parts: &[&str], folder: &Path) -> Result<String, Box<dyn Error>> {
    let parts = parts.iter().map(|part| format!("--only={part}"));
    let output = Command::new(env!("CARGO_BIN_EXE_bench"))
        .args(["quick", "--sqlite-only", "--into"])
        .arg(folder)
        .args(parts)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(std::fs::read_to_string(folder.join("BENCHMARKS.md"))?)
}

#[test]
fn a_quick_measurement_of_requests_and_replies_writes_a_report_and_its_plots() {
    let folder = tempfile::tempdir().unwrap();

    let report = measured(&["start", "rest", "generations"], folder.path()).unwrap();

    for row in ["GET /tickets/{id} | SQLite", "10 | direct", "10 | SQLite"] {
        assert!(report.contains(row), "no {row:?} in {report}");
    }
    for plot in ["requests.svg", "lateness.svg", "first-text.svg"] {
        let plot = folder.path().join("benchmarks").join(plot);
        assert!(std::fs::read_to_string(plot).unwrap().starts_with("<svg"));
    }
}

#[test]
fn a_filled_database_is_searched_and_read_like_one_that_requests_filled() {
    let folder = tempfile::tempdir().unwrap();

    let report = measured(&["growth"], folder.path()).unwrap();

    let table = report.split("### More tickets").nth(1).unwrap();
    let rows = table
        .lines()
        .filter(|line| line.starts_with("| GET") || line.starts_with("| POST"));
    assert_eq!(rows.count(), 18, "{table}");
    assert!(
        report.contains("| SQLite | 3\u{202f}000 | 200 |"),
        "{report}"
    );
}
