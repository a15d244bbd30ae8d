use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use groq_simulator::Reply;
use reqwest::Client;
use serde_json::Value;

use crate::harness::{Received, contents, plain, streaming};

/// The program in its own process, ended with the test.
pub struct Program {
    process: Child,
    base_url: String,
}

impl Program {
    pub fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_groq-simulator"))
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let output = process.stdout.take().expect("its output");
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).expect("a line");
        Self {
            process,
            base_url: String::from(line.trim_end()),
        }
    }

    pub fn address(&self) -> &str {
        let address = self.base_url.strip_prefix("http://");
        let address = address.and_then(|it| it.strip_suffix("/openai/v1"));
        address.expect("a base URL")
    }

    pub fn control_url(&self, endpoint: &str) -> String {
        format!("http://{}/control/{endpoint}", self.address())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.process.kill().expect("the program can be ended");
        self.process.wait().expect("the program ends");
    }
}

#[tokio::test]
async fn the_program_prints_its_base_url_and_serves_there() {
    let program = Program::start(&[
        "--port",
        "0",
        "--answer-tokens",
        "5",
        "--tokens-per-second",
        "1000",
    ]);
    assert!(program.address().starts_with("127.0.0.1:"));

    let url = format!("{}/chat/completions", program.base_url);
    let request = Client::new()
        .post(url)
        .bearer_auth("gsk_test")
        .json(&plain());
    let received = Received::of(request.send().await.expect("an answer")).await;
    let journal = reqwest::get(program.control_url("requests"))
        .await
        .expect("an answer")
        .json::<Value>()
        .await;

    assert_eq!(received.json()["usage"]["completion_tokens"], 5);
    assert_eq!(journal.expect("JSON")["counts"]["completed"], 1);
}

#[tokio::test]
async fn flags_set_the_replies_the_shape_and_the_limits() {
    let file = std::env::temp_dir().join(format!("replies-{}.json", std::process::id()));
    let script = r#"[{"text": "one"}, {"text": "two", "chunk_shape": "2026"}]"#;
    std::fs::write(&file, script).expect("a file");
    let program = Program::start(&[
        "--port",
        "0",
        "--replies",
        file.to_str().expect("a path"),
        "--chunk-shape",
        "2025",
        "--requests-per-day",
        "2",
    ]);
    std::fs::remove_file(&file).expect("removed");

    let url = format!("{}/chat/completions", program.base_url);
    let client = Client::new();
    let mut answers = Vec::new();
    for _ in 0..3 {
        let request = client.post(&url).bearer_auth("gsk_test").json(&streaming());
        answers.push(Received::of(request.send().await.expect("an answer")).await);
    }

    let texts = answers[..2].iter().map(|it| contents(&it.text).concat());
    assert_eq!(texts.collect::<Vec<_>>(), ["one", "two"]);
    assert!(!answers[0].text.contains("\"seed\""));
    assert!(answers[1].text.contains("\"seed\""));
    assert_eq!(answers[2].status, 429);
}

#[test]
fn a_file_without_replies_is_an_error() {
    let output = Command::new(env!("CARGO_BIN_EXE_groq-simulator"))
        .args(["--port", "0", "--replies", "no-such-file.json"])
        .output()
        .expect("the program runs");

    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).expect("text");
    assert!(error.contains("no-such-file.json"), "{error}");
}

#[test]
fn the_help_names_every_key_of_a_script() {
    let output = Command::new(env!("CARGO_BIN_EXE_groq-simulator"))
        .arg("--help")
        .output()
        .expect("the program runs");

    let help = String::from_utf8(output.stdout).expect("text");
    let known = serde_json::from_str::<Reply>(r#"{"no_such_key": 1}"#).expect_err("a wrong key");
    let known = known.to_string();
    let (_, keys) = known.split_once("expected one of").expect("the right keys");
    let keys: Vec<&str> = keys.split('`').skip(1).step_by(2).collect();
    assert!(keys.len() > 30, "{keys:?}");
    let missing: Vec<_> = keys.iter().filter(|key| !help.contains(**key)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
