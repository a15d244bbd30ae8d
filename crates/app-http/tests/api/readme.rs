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

#[tokio::test(flavor = "multi_thread")]
async fn the_folder_of_articles_is_imported_and_quoted_as_printed() {
    if !has_tools() {
        return;
    }
    let app = TestApp::with_settings(&[], None).await;
    let token = app.customer("ada").await.token.expect("a token");
    let settings = app.home().settings();
    let script = commands_under("Your own articles");
    assert!(script.contains("cargo run -- articles import"), "{script}");
    let script = script
        .replace("http://127.0.0.1:8080", &app.url(""))
        .replace(
            "cargo run -- ",
            concat!(env!("CARGO_BIN_EXE_support-assistant"), " "),
        );
    let output = tokio::task::spawn_blocking(move || {
        Command::new("bash")
            .args(["-euo", "pipefail", "-c", &script])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
            .envs(settings)
            .env("TOKEN", token)
            .output()
    });
    let output = output.await.expect("no panic").expect("bash");
    let shown = String::from_utf8(output.stdout).expect("text");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{shown}\n{log}");
    let imported = "created 3, updated 0, unchanged 0, removed 0\n";
    assert!(shown.starts_with(imported), "{shown}");
    assert!(shown.contains("three years"), "{shown}");
    let (_, end) = shown
        .split_once("event: response.completed")
        .expect("an end");
    assert!(end.contains("https://help.example/gift-cards"), "{end}");
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
