use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;

use reqwest::{Client, RequestBuilder};
use serde_json::json;

use crate::harness::{Answer, soon};

/// The real binary, in a folder of its own and without any of the test's environment.
fn binary(folder: &Path, settings: &[(&str, &str)]) -> Command {
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
    client: Client,
    log: Option<JoinHandle<String>>,
}

impl Server {
    pub async fn start(folder: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = binary(folder, settings);
        command.env("PORT", "0").stderr(Stdio::piped());
        let mut process = command.spawn().expect("the binary starts");
        let mut lines = BufReader::new(process.stderr.take().expect("a pipe")).lines();
        let reading = tokio::task::spawn_blocking(move || {
            let mut log = String::new();
            for line in lines.by_ref() {
                let line = line.expect("a line");
                log.push_str(&line);
                log.push('\n');
                if let Some((_, url)) = line.split_once("listening on ") {
                    let url = url.trim().trim_end_matches("\u{1b}[0m").to_owned();
                    return (url, log, lines);
                }
            }
            panic!("the server did not start:\n{log}");
        });
        let (base_url, mut log, lines) = soon("the server listens", reading)
            .await
            .expect("a server that listens");
        let log = std::thread::spawn(move || {
            for line in lines {
                log.push_str(&line.expect("a line"));
                log.push('\n');
            }
            log
        });
        Self {
            process,
            base_url,
            client: Client::new(),
            log: Some(log),
        }
    }

    pub fn request(&self, path: &str, token: &str) -> RequestBuilder {
        self.client
            .get(format!("{}{path}", self.base_url))
            .bearer_auth(token)
    }

    async fn post(&self, path: &str, token: &str, body: serde_json::Value) -> Answer {
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

    /// Sends SIGTERM; gives the exit code and the whole log.
    fn terminate(&mut self) -> (Option<i32>, String) {
        let id = self.process.id().to_string();
        let sent = Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .expect("kill");
        assert!(sent.success());
        let code = self.process.wait().expect("an exit").code();
        let log = self.log.take().expect("a log").join().expect("a whole log");
        (code, log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Gone already, when the test went well.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn create_user(folder: &Path, arguments: &[&str], password: &str) -> Output {
    let mut command = binary(folder, &[]);
    command.args(["user", "create"]).args(arguments);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut process = command.spawn().expect("the binary starts");
    let mut stdin = process.stdin.take().expect("a pipe");
    // A command that refuses its arguments does not read.
    drop(stdin.write_all(password.as_bytes()));
    drop(stdin);
    process.wait_with_output().expect("an end")
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_needed_to_serve() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let mut server = Server::start(folder.path(), &[]).await;
    server.new_customer().await;
    let (code, log) = server.terminate();
    assert_eq!(code, Some(0), "{log}");
    assert!(
        log.contains("extractive") && log.contains("GROQ_API_KEY"),
        "{log}"
    );
    assert!(
        !log.contains("correct horse") && !log.contains("ada@"),
        "{log}"
    );
    assert!(folder.path().join("data/support.db").is_file());
    let key = folder.path().join("data/support.jwt-key");
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&key.metadata().expect("a key file").permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_outlive_a_restart() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let mut server = Server::start(folder.path(), &[]).await;
    let token = server.new_customer().await;
    server.kill();
    let server = Server::start(folder.path(), &[]).await;
    Answer::to(server.request("/auth/me", &token))
        .await
        .expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_serves_a_file() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let _server = Server::start(folder.path(), &[]).await;
    let second = binary(folder.path(), &[("PORT", "0")])
        .output()
        .expect("an end");
    assert_eq!(second.status.code(), Some(1));
    let told = String::from_utf8(second.stderr).expect("text");
    assert!(told.contains("another process"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_made_while_the_server_runs() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &[]).await;
    let arguments = [
        "--email",
        "grace@example.com",
        "--role",
        "agent",
        "--password-stdin",
    ];
    let made = create_user(folder.path(), &arguments, "correct horse battery\n");
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    assert!(String::from_utf8_lossy(&made.stdout).starts_with("created agent grace@example.com"));

    let body = json!({"email": "grace@example.com", "password": "correct horse battery"});
    let session = server
        .post("/auth/login", "", body)
        .await
        .expect_status(200);
    let token = session.text_of("access_token");
    let me = Answer::to(server.request("/auth/me", &token))
        .await
        .expect_status(200);
    assert_eq!(me.text_of("role"), "agent");

    let twice = create_user(folder.path(), &arguments, "correct horse battery");
    assert_eq!(twice.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&twice.stderr).contains("has an account already"));
}

#[test]
fn bad_arguments_make_no_account() {
    let folder = tempfile::TempDir::new().expect("a folder");
    for (arguments, password, told) in [
        (
            &["--email", "x", "--role", "agent", "--password-stdin"][..],
            "long enough",
            "e-mail",
        ),
        (
            &["--email", "a@b.c", "--role", "agent", "--password-stdin"],
            "short",
            "at least 8",
        ),
        (
            &["--email", "a@b.c", "--role", "boss", "--password-stdin"],
            "long enough",
            "boss",
        ),
        (
            &["--email", "a@b.c", "--role", "agent"],
            "long enough",
            "--password-stdin",
        ),
    ] {
        let refused = create_user(folder.path(), arguments, password);
        assert!(!refused.status.success());
        let error = String::from_utf8_lossy(&refused.stderr);
        assert!(
            error.contains(told) && !error.contains("panicked"),
            "{error}"
        );
        assert!(refused.stdout.is_empty());
    }
}

#[test]
fn every_wrong_setting_is_named_at_once() {
    let folder = tempfile::TempDir::new().expect("a folder");
    std::fs::write(
        folder.path().join(".env"),
        "PORT=eighty\nJWT_SECRET=hunter2\n",
    )
    .expect("a file");
    let refused = binary(folder.path(), &[("LEASE_SECONDS", "never")])
        .output()
        .expect("an end");
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8(refused.stderr).expect("text");
    for name in ["PORT", "JWT_SECRET", "LEASE_SECONDS"] {
        assert!(told.contains(name), "{told}");
    }
    assert!(!told.contains("hunter2"), "{told}");
}
