//! The examples ask a question as their readers do, and lose their connections on the way.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use groq_simulator::Reply;
use serde_json::Value;
use tokio::sync::watch;

use self::rust::{Shown, read_answer};
use crate::client::Client;
use crate::harness::soon;
use crate::running::PATIENCE;
use crate::scene::Scene;
use crate::tools;

#[path = "../../../../examples/rust/answer.rs"]
mod rust;

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples");
const PIECES: [&str; 4] = ["Grüße, ", "\u{2028}世界\n", "[DONE] data: ", "👩‍👩‍👧‍👦!"];
/// The model's first event has no text.
const WITHOUT_TEXT: usize = 1;

/// An example that runs, and what it has printed.
struct Asking {
    process: Child,
    printed: watch::Receiver<String>,
}

impl Asking {
    fn start(mut command: Command, api: &str) -> Self {
        let mut process = command
            .arg("Where is my parcel?")
            .env("API", api)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example starts");
        let mut output = process.stdout.take().expect("a pipe");
        let (printing, printed) = watch::channel(String::new());
        thread::spawn(move || {
            let mut all = Vec::new();
            let mut some = [0; 1024];
            while let Ok(length @ 1..) = output.read(&mut some) {
                all.extend_from_slice(&some[..length]);
                // A character may have come in part.
                printing.send_replace(String::from_utf8_lossy(&all).into_owned());
            }
        });
        Self { process, printed }
    }

    async fn until_it_prints(&mut self, text: &str) {
        let prints = self.printed.wait_for(|printed| printed.ends_with(text));
        soon("the example prints", prints)
            .await
            .expect("more output");
    }

    /// Waits for its good end; gives all that it printed.
    async fn end(mut self) -> String {
        let ends = async { while self.printed.changed().await.is_ok() {} };
        soon("the example ends", ends).await;
        assert!(self.process.wait().expect("an exit").success());
        self.printed.borrow().clone()
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Cuts the example off in the middle of an answer.
async fn shows_the_answer_once_though_its_connection_breaks(
    name: &str,
    example: Result<Command, String>,
) {
    let command = match example {
        Ok(command) => command,
        Err(missing) => return tools::say_skipped(name, &missing),
    };
    let scene = Scene::start().await;
    let line = scene.line().await;
    scene.simulator.enqueue(Reply::new().with_pieces(PIECES));
    scene.gate.open_for(WITHOUT_TEXT + 2);
    let mut asking = Asking::start(command, &line.base_url());
    asking.until_it_prints(&PIECES[..2].concat()).await;
    line.proxy.cut();
    scene.gate.open();
    let printed = asking.end().await;

    let sources = printed.strip_prefix(&PIECES.concat());
    let sources = sources.expect("the answer, and nothing twice");
    assert!(
        sources.starts_with("\n[1] Shipping times"),
        "{name}: {sources}"
    );
    assert!(!sources.contains("once more"), "{name}: {sources}");
    // The first one may have shared a connection with other requests, which the wire does not tell.
    let streams = line.wire.streams();
    let last = streams.last().expect("a stream");
    assert!(last.request_header("last-event-id").is_some(), "{name}");
    assert_eq!(scene.simulator.requests().len(), 1, "{name}");
}

/// The TypeScript example, compiled beside the packages that it wants.
fn typescript() -> Result<Command, String> {
    let packages = tools::packages("node", "package-lock.json")?;
    let folder = packages.join("ask-example");
    fs::create_dir_all(&folder).expect("a folder");
    for file in ["answer.ts", "ask.ts", "package.json", "tsconfig.json"] {
        fs::copy(format!("{EXAMPLES}/typescript/{file}"), folder.join(file)).expect("a file");
    }
    let compiling = Command::new(tools::on_path(&["node"])?)
        .arg(packages.join("node_modules/typescript/bin/tsc"))
        .current_dir(&folder)
        .output()
        .expect("the compiler starts");
    let complaints = String::from_utf8_lossy(&compiling.stdout);
    assert!(compiling.status.success(), "{complaints}");
    tools::node(folder.join("ask.js"))
}

fn python() -> Result<Command, String> {
    tools::python(PathBuf::from(format!("{EXAMPLES}/python/ask.py")))
}

fn curl() -> Result<Command, String> {
    for tool in ["curl", "jq", "bash"] {
        tools::on_path(&[tool])?;
    }
    let mut command = Command::new(format!("{EXAMPLES}/curl/ask.sh"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("PATH", path);
    Ok(command)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_typescript_example_shows_the_answer_once_though_its_connection_breaks() {
    shows_the_answer_once_though_its_connection_breaks("TypeScript", typescript()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_example_shows_the_answer_once_though_its_connection_breaks() {
    shows_the_answer_once_though_its_connection_breaks("Python", python()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_curl_example_shows_the_answer_once_though_its_connection_breaks() {
    shows_the_answer_once_though_its_connection_breaks("curl", curl()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rust_example_shows_the_answer_once_though_its_connection_breaks() {
    let scene = Scene::start().await;
    let line = scene.line().await;
    let ticket = scene.ticket_answered(&PIECES).await;
    scene.gate.open_for(WITHOUT_TEXT + 2);
    let reading = scene.reading(Client::Curl, &ticket).await;
    let url = line.base_url() + &reading.path;
    let token = async || reading.token.clone().expect("a token");
    let client = reqwest::Client::builder().read_timeout(PATIENCE);
    let client = client.build().expect("a client");
    let mut told: Vec<Shown> = Vec::new();
    let show = |shown: &Shown| {
        told.push(shown.clone());
        if shown.text == PIECES[..2].concat() {
            line.proxy.cut();
            scene.gate.open();
        }
    };
    let reads = read_answer(&client, &url, token, show);
    soon("the answer ends", reads).await.expect("no refusal");

    let lengths: Vec<usize> = told.iter().map(|shown| shown.text.len()).collect();
    assert!(lengths.is_sorted(), "{lengths:?}");
    let last = told.last().expect("an answer");
    assert_eq!(last.text, PIECES.concat());
    assert!(last.ending.is_some());
    let streams = line.wire.streams();
    assert_eq!(streams.len(), 2);
    let cursor = streams[1].request_header("last-event-id");
    assert_eq!(cursor, streams[0].last_id());
    assert_eq!(scene.simulator.requests().len(), 1);
}

/// The guide shows what is tested.
#[test]
fn the_guide_to_streaming_shows_code_of_the_examples() {
    let guide = include_str!("../../../../docs/STREAMING.md");
    let examples = [
        (
            "ts",
            include_str!("../../../../examples/typescript/answer.ts"),
        ),
        (
            "python",
            include_str!("../../../../examples/python/answer.py"),
        ),
        ("rust", include_str!("../../../../examples/rust/answer.rs")),
    ];
    for (language, example) in examples {
        let blocks: Vec<&str> = guide
            .split(&format!("\n```{language}\n"))
            .skip(1)
            .filter_map(|rest| rest.split("\n```").next())
            .collect();
        assert_ne!(blocks.len(), 0, "{language}");
        for block in blocks {
            assert!(example.contains(block), "{block}");
        }
    }
}

/// What people install is what the tests run.
#[test]
fn the_examples_want_the_versions_that_are_tested() {
    let read = |path: &str| -> Value {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
        serde_json::from_str(&text.expect("a file")).expect("JSON")
    };
    let tested = read("tests/clients/node/package.json");
    let example = read("../../examples/typescript/package.json");
    for kind in ["dependencies", "devDependencies"] {
        for (name, version) in example[kind].as_object().expect("packages") {
            assert_eq!(&tested["dependencies"][name], version, "{name}");
        }
    }
    let tested = include_str!("python/requirements.in");
    let example = include_str!("../../../../examples/python/requirements.txt");
    for package in example.lines() {
        assert!(tested.lines().any(|line| line == package), "{package}");
    }
}
