//! The measurement works; what comes out of it is asserted nowhere.

use std::process::Command;

#[test]
fn a_quick_measurement_of_requests_and_replies_writes_a_report_and_its_plots() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_bench"))
        .args(["quick", "--sqlite-only", "--only=start", "--only=rest"])
        .args(["--only=generations", "--into"])
        .arg(folder.path())
        .output()
        .unwrap();

    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let report = std::fs::read_to_string(folder.path().join("BENCHMARKS.md")).unwrap();
    for row in ["GET /tickets/{id} | SQLite", "10 | direct", "10 | SQLite"] {
        assert!(report.contains(row), "no {row:?} in {report}");
    }
    for plot in ["requests.svg", "lateness.svg", "first-text.svg"] {
        let plot = folder.path().join("benchmarks").join(plot);
        assert!(std::fs::read_to_string(plot).unwrap().starts_with("<svg"));
    }
}
