use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use reqwest::{Client, RequestBuilder};
use serde_json::json;

use crate::harness::{Answer, soon};

/// The real binary, in a folder of its own and without any of the test's environment.
pub fn binary(folder: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_support-assistant"));
    command
        .current_dir(folder)
        .env_clear()
        .envs(settings.iter().copied());
    command
}

/// The real binary, serving.
pub struct Server {
    process: Child,
    base_url: String,
    metrics_url: Option<String>,
    client: Client,
    log: Option<JoinHandle<String>>,
}

impl Server {
    pub async fn start(folder: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = binary(folder, &[("PORT", "0"), ("METRICS_ADDR", "off")]);
        command
            .envs(settings.iter().copied())
            .stderr(Stdio::piped());
        let mut process = command.spawn().expect("the binary starts");
        let mut lines = BufReader::new(process.stderr.take().expect("a pipe")).lines();
        let reading = tokio::task::spawn_blocking(move || {
            let mut log = String::new();
            let mut metrics_url = None;
            for line in lines.by_ref() {
                let line = line.expect("a line");
                log.push_str(&line);
                log.push('\n');
                let url_behind = |words| {
                    let (_, url) = line.split_once(words)?;
                    Some(url.trim().trim_end_matches("\u{1b}[0m").to_owned())
                };
                metrics_url = metrics_url.or_else(|| url_behind("metrics on "));
                if let Some(url) = url_behind("listening on ") {
                    return (url, metrics_url, log, lines);
                }
            }
            panic!("the server did not start:\n{log}");
        });
        let (base_url, metrics_url, mut log, lines) = soon("the server listens", reading)
            .await
            .expect("a server that listens");
        let log = std::thread::spawn(move || {
            for line in lines {
                log.push_str(&line.expect("a line"));
                log.push('\n');
            }
            log
        });
        let server = Self {
            process,
            base_url,
            metrics_url,
            // A kept connection would fail its next request after a kill, and count as a socket.
            client: Client::builder()
                .pool_max_idle_per_host(0)
                .build()
                .expect("a client"),
            log: Some(log),
        };
        soon("the server is ready", server.until_ready()).await;
        server
    }

    /// Where it serves.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// What it tells of itself in numbers.
    pub async fn metrics(&self) -> String {
        let url = self.metrics_url.as_ref().expect("METRICS_ADDR is set");
        let answer = Answer::to(self.client.get(url)).await;
        answer.expect_status(200).body
    }

    /// The id of its process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    async fn until_ready(&self) {
        while Answer::to(self.request("/health/ready", "")).await.status != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub fn request(&self, path: &str, token: &str) -> RequestBuilder {
        self.client
            .get(format!("{}{path}", self.base_url))
            .bearer_auth(token)
    }

    pub async fn post(&self, path: &str, token: &str, body: serde_json::Value) -> Answer {
        let request = self.client.post(format!("{}{path}", self.base_url));
        Answer::to(request.bearer_auth(token).json(&body)).await
    }

    pub async fn new_customer(&self) -> String {
        let body = json!({"email": "ada@example.com", "password": "correct horse battery"});
        self.post("/auth/signup", "", body.clone())
            .await
            .expect_status(201);
        self.post("/auth/login", "", body)
            .await
            .expect_status(200)
            .text_of("access_token")
    }

    pub async fn new_ticket(&self, token: &str) -> String {
        let body = json!({"title": "Parcel", "description": "Where is it?"});
        let ticket = self.post("/tickets", token, body).await.expect_status(201);
        format!("/tickets/{}", ticket.text_of("id"))
    }

    /// Sends SIGKILL and waits for the process to be gone.
    pub fn kill(&mut self) {
        self.process.kill().expect("a process to kill");
        self.process.wait().expect("a process to wait for");
    }

    /// Sends a signal by its name, such as `STOP`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.pid().to_string()])
            .status()
            .expect("kill");
        assert!(sent.success());
    }

    /// Waits for its end without holding up anything else; gives the exit code.
    pub async fn exit_code(&mut self) -> Option<i32> {
        loop {
            if let Some(status) = self.process.try_wait().expect("a process to wait for") {
                return status.code();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends SIGTERM; gives the exit code and the whole log.
    pub fn terminate(&mut self) -> (Option<i32>, String) {
        self.signal("TERM");
        let code = self.process.wait().expect("an exit").code();
        (code, self.take_log())
    }

    /// The whole log of a process that has ended.
    fn take_log(&mut self) -> String {
        let log = self.log.take().map(JoinHandle::join);
        log.expect("a log").expect("a whole log")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Gone already, when the test went well.
        drop(self.process.kill());
        drop(self.process.wait());
        if std::thread::panicking() && self.log.is_some() {
            let log = self.take_log();
            testkit::say(&format!("the log of {}:\n{log}", self.base_url));
        }
    }
}
