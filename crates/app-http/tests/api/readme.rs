//! Follows the README's walk-through word for word, with bash and curl.

use std::process::Command;

use crate::harness::TestApp;

/// The fenced `sh` blocks under a heading, in order.
fn commands_under(heading: &str) -> String {
    let readme = include_str!("../../../../README.md");
    let section = readme
        .split("\n## ")
        .find(|section| section.starts_with(heading));
    let section = section.expect("the section is in the README");
    section
        .split("```sh\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect::<Vec<_>>()
        .join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_walk_through_works_as_printed() {
    if !has_tools() {
        return;
    }
    let app = TestApp::with_settings(&[], None).await;
    let script = commands_under("A first answer");
    assert!(script.matches("curl").count() >= 4, "{script}");
    let script = script.replace("http://127.0.0.1:8080", &app.url(""));
    let output = tokio::task::spawn_blocking(move || {
        Command::new("bash")
            .args(["-euo", "pipefail", "-c", &script])
            .output()
    });
    let output = output.await.expect("no panic").expect("bash");
    let shown = String::from_utf8(output.stdout).expect("text");
    assert!(
        output.status.success(),
        "{shown}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        shown.contains("event: response.output_text.delta"),
        "{shown}"
    );
    assert!(shown.contains("event: response.completed"), "{shown}");
    assert!(shown.contains("\"is_ai\":true"), "{shown}");
}

fn has_tools() -> bool {
    ["bash", "curl"].iter().all(|tool| {
        let found = Command::new(tool).arg("--version").output().is_ok();
        let ci = std::env::var_os("CI").is_some_and(|value| value == "true");
        assert!(found || !ci, "{tool} is missing");
        if !found {
            testkit::say(&format!(
                "SKIPPED: {tool} is missing, so the README was not tried"
            ));
        }
        found
    })
}
