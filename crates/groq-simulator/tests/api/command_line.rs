use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use reqwest::Client;
use serde_json::Value;

use crate::harness::{Received, plain};

/// The program in its own process, ended with the test.
struct Program {
    process: Child,
    base_url: String,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
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
    assert!(
        program.base_url.starts_with("http://127.0.0.1:"),
        "{}",
        program.base_url
    );
    assert!(
        program.base_url.ends_with("/openai/v1"),
        "{}",
        program.base_url
    );

    let url = format!("{}/chat/completions", program.base_url);
    let request = Client::new()
        .post(url)
        .bearer_auth("gsk_test")
        .json(&plain());
    let received = Received::of(request.send().await.expect("an answer")).await;
    let control = program.base_url.replace("/openai/v1", "/control/requests");
    let journal = reqwest::get(control)
        .await
        .expect("an answer")
        .json::<Value>()
        .await;

    assert_eq!(received.json()["usage"]["completion_tokens"], 5);
    assert_eq!(journal.expect("JSON")["counts"]["completed"], 1);
}
