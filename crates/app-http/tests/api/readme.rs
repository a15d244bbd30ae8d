//! Follows the README's walk-through word for word, with bash and curl.

use std::path::Path;
use std::process::Command;

use groq_simulator::Simulator;
use serde_json::json;
use tempfile::TempDir;
use testkit::postgres::fresh_database;

use crate::binary::Server;
use crate::harness::TestApp;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The fenced blocks of a kind under a heading, in order.
fn blocks_under(heading: &str, kind: &str) -> Vec<&'static str> {
    let readme = include_str!("../../../../README.md");
    let section = readme
        .split("\n## ")
        .find(|section| section.starts_with(heading));
    let section = section.expect("the section is in the README");
    let blocks = section.split(kind).skip(1);
    blocks.filter_map(|rest| rest.split("```").next()).collect()
}

fn commands_under(heading: &str) -> String {
    blocks_under(heading, "```sh\n").join("\n")
}

/// Runs it in the repository's root; gives what it shows.
async fn run(script: String, settings: Vec<(&'static str, String)>) -> String {
    let running = tokio::task::spawn_blocking(move || {
        Command::new("bash")
            .args(["-euo", "pipefail", "-c", &script])
            .current_dir(ROOT)
            .envs(settings)
            .output()
    });
    let output = running.await.expect("no panic").expect("bash");
    let shown = String::from_utf8(output.stdout).expect("text");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{shown}\n{log}");
    shown
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
    let shown = run(script, Vec::new()).await;
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
    let mut settings = app.home().settings();
    settings.push(("TOKEN", token));
    let script = commands_under("Your own articles");
    assert!(script.contains("cargo run -- articles import"), "{script}");
    let script = script
        .replace("http://127.0.0.1:8080", &app.url(""))
        .replace(
            "cargo run -- ",
            concat!(env!("CARGO_BIN_EXE_support-assistant"), " "),
        );
    let shown = run(script, settings).await;
    let imported = "created 3, updated 0, unchanged 0, removed 0\n";
    assert!(shown.starts_with(imported), "{shown}");
    assert!(shown.contains("three years"), "{shown}");
    let (_, end) = shown
        .split_once("event: response.completed")
        .expect("an end");
    assert!(end.contains("https://help.example/gift-cards"), "{end}");
}

/// The simulator is not this package's program, so the tests' own takes its place.
#[tokio::test(flavor = "multi_thread")]
async fn the_product_is_answered_by_the_simulator_as_printed() {
    if !has_tools() {
        return;
    }
    let blocks = blocks_under("With a model", "```text\n");
    let simulator = Simulator::start().await.expect("a simulator");
    let address = format!("http://{}", simulator.address());
    let start = blocks.iter().find_map(|block| {
        let mut lines = block.lines();
        lines.find(|line| line.contains("GROQ_BASE_URL=http://127.0.0.1:9090"))
    });
    let start = start
        .expect("a start")
        .replace("http://127.0.0.1:9090", &address);
    let (server, _folder) = serve_as(&start).await;
    let token = server.new_customer().await;

    let ticket = server.new_ticket(&token).await;
    let stream = server.request(&format!("{ticket}/ai-response"), &token);
    let told = stream.send().await.expect("a stream").text().await;
    assert!(told.expect("events").contains("event: response.completed"));

    let control = blocks.iter().find(|block| block.contains("/control/"));
    let control = control.expect("a script for the simulator");
    run(
        control.replace("http://127.0.0.1:9090", &address),
        Vec::new(),
    )
    .await;
    let before = simulator.requests().len();
    let ticket = server.new_ticket(&token).await;
    let stream = server.request(&format!("{ticket}/ai-response"), &token);
    let told = stream.send().await.expect("a stream").text().await;
    let told = told.expect("events");
    assert!(told.contains("event: response.failed"), "{told}");
    assert_eq!(
        simulator.requests().len() - before,
        2,
        "refused, then broken off"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_product_runs_on_postgresql_and_behind_a_proxy_as_printed() {
    if !has_tools() {
        return;
    }
    let [proxied] = blocks_under("Behind a proxy", "```text\n")[..] else {
        panic!("not one block");
    };
    serve_as(proxied.trim()).await;
    let blocks = blocks_under("With PostgreSQL", "```text\n");
    let printed = blocks.first().expect("a start").trim();
    let Some(database) = fresh_database().await else {
        return;
    };
    let example = "postgres://user:password@127.0.0.1:5432/support";
    assert!(printed.contains(example), "{printed}");
    let url = format!("'{}'", database.url());
    let (server, _folder) = serve_as(&printed.replace(example, &url)).await;
    server.new_customer().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_made_as_printed() {
    if !has_tools() {
        return;
    }
    let app = TestApp::with_settings(&[], None).await;
    let blocks = blocks_under("Agents", "```text\n");
    let printed = blocks.first().expect("a command").trim();
    let arguments = printed.strip_prefix("cargo run -- ").expect("a command");
    // As scripts do it; on a terminal it asks.
    let program = env!("CARGO_BIN_EXE_support-assistant");
    let script = format!("printf 'correct horse battery' | {program} {arguments} --password-stdin");
    run(script, app.home().settings()).await;
    let account = json!({"email": "grace@example.com", "password": "correct horse battery"});
    let pair = app.stranger().post("/auth/login", &account).await;
    pair.expect_status(200);
}

/// Starts the product as a line does, such as `NAME=value cargo run`.
async fn serve_as(line: &str) -> (Server, TempDir) {
    let assignments = line.strip_suffix(" cargo run").expect("a command");
    let set = run(format!("{assignments} env"), Vec::new()).await;
    let names: Vec<&str> = assignments
        .split(' ')
        .filter_map(|word| word.split_once('=').map(|(name, _)| name))
        .collect();
    let settings: Vec<(&str, &str)> = set
        .lines()
        .filter_map(|line| line.split_once('='))
        .filter(|(name, _)| names.contains(name))
        .collect();
    assert_eq!(settings.len(), names.len(), "{settings:?}");
    let folder = TempDir::new().expect("a temporary folder");
    let server = Server::start(folder.path(), &settings).await;
    (server, folder)
}

#[test]
fn every_link_to_a_file_leads_to_one() {
    let listed = Command::new("git")
        .args(["ls-files", "*.md"])
        .current_dir(ROOT)
        .output();
    let listed = listed.ok().filter(|listed| listed.status.success());
    let Some(listed) = listed else {
        return testkit::say("SKIPPED: this is no checkout, so links were not followed");
    };
    let listed = String::from_utf8(listed.stdout).expect("paths");
    assert!(listed.lines().count() > 10, "{listed}");
    let mut lost = Vec::new();
    for page in listed.lines() {
        let page = Path::new(ROOT).join(page);
        let text = std::fs::read_to_string(&page).expect("a page");
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap_or_default();
            let folder = page.parent().expect("a folder");
            if !target.contains(':') && !folder.join(target).exists() {
                lost.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert_eq!(lost, [""; 0]);
}

fn has_tools() -> bool {
    ["bash", "curl", "openssl"].iter().all(|tool| {
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
