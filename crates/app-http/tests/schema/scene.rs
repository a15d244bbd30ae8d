use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;
use tempfile::TempDir;

use crate::binary::{Server, binary};
use crate::harness::Answer;
use crate::tool;

const PASSWORD: &str = "correct horse battery";

/// The server, and somebody of a role who uses it.
pub struct Scene {
    server: Server,
    email: String,
    user_id: String,
    folder: TempDir,
}

/// What schemathesis says.
pub struct Report {
    pub passed: bool,
    pub text: String,
}

impl Scene {
    pub async fn start(role: &str) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let url = tool::database_url().unwrap_or_else(|| "sqlite://support.db".to_owned());
        let settings = [
            ("ASSISTANT", "extractive"),
            ("DATABASE_URL", url.as_str()),
            ("JWT_SECRET", "q1Zk9vT3mXw8RbYp5LcJd7HfGs2NaEuV"),
            ("RATE_LIMITS", "off"),
            ("RUST_LOG", "warn,app_http::cli=info"),
        ];
        let email = format!("{role}@example.com");
        create_user(folder.path(), &settings, &email, role);
        let server = Server::start(folder.path(), &settings).await;
        let body = json!({"email": email, "password": PASSWORD});
        let pair = server.post("/auth/login", "", body).await;
        let token = pair.expect_status(200).text_of("access_token");
        let me = Answer::to(server.request("/auth/me", &token)).await;
        let me = me.expect_status(200);
        assert_eq!(me.text_of("role"), role);
        Self {
            user_id: me.text_of("id"),
            server,
            email,
            folder,
        }
    }

    /// Makes the requests.
    pub async fn check(&self, mut schemathesis: Command) -> Report {
        let base_url = self.server.base_url();
        schemathesis
            .args(["--config-file", tool::CONFIG])
            .args(["run", &format!("{base_url}/openapi.json")])
            .args(["--checks", "all", "--max-examples", &tool::examples()])
            .args(tool::choice())
            .args(["--continue-on-failure", "--no-color"])
            .args(["--request-timeout", "30"])
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .env("SCHEMA_BASE_URL", base_url)
            .env("SCHEMA_EMAIL", &self.email)
            .env("SCHEMA_PASSWORD", PASSWORD)
            .env("SCHEMA_USER_ID", &self.user_id)
            .stdin(Stdio::null());
        let running = tokio::task::spawn_blocking(move || schemathesis.output());
        let output = running.await.expect("a run").expect("schemathesis runs");
        let text = [output.stdout, output.stderr].concat();
        Report {
            passed: output.status.success(),
            text: String::from_utf8_lossy(&text).into_owned(),
        }
    }

    /// Stops the server; gives its log.
    pub fn stop(&mut self) -> String {
        self.server.terminate().1
    }
}

fn create_user(folder: &Path, settings: &[(&str, &str)], email: &str, role: &str) {
    let mut command = binary(folder, settings);
    command.args(["user", "create", "--email", email, "--role", role]);
    let mut process = command
        .arg("--password-stdin")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let mut input = process.stdin.take().expect("a pipe");
    input.write_all(PASSWORD.as_bytes()).expect("a reader");
    drop(input);
    assert!(process.wait().expect("an exit").success());
}
