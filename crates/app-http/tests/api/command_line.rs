use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::json;

use crate::binary::{Server, binary};
use crate::harness::Answer;

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

/// Progress is for terminals.
#[test]
fn a_migration_says_nothing_where_nobody_waits() {
    let folder = tempfile::TempDir::new().expect("a folder");
    for _ in 0..2 {
        let output = binary(folder.path(), &[]).arg("migrate").output();
        let output = output.expect("an end");
        assert!(output.status.success());
        assert_eq!((output.stdout, output.stderr), (vec![], vec![]));
    }
    assert!(folder.path().join("data/support.db").is_file());
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
            &["--email", "a@b.c", "--role", "agent", "--password-stdin"],
            "Password123",
            "most common",
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

/// Types on a terminal of the command's own, all at once: what is typed before it is asked for may be
/// echoed.
fn create_user_on_a_terminal(folder: &Path, typed: &str) -> Option<Output> {
    let arguments = "user create --email grace@example.com --role admin";
    let program = env!("CARGO_BIN_EXE_support-assistant");
    let mut command = Command::new("script");
    command
        .current_dir(folder)
        .args(["--quiet", "--return", "--command"])
        .arg(format!("{program} {arguments}"))
        .arg("/dev/null")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let Ok(mut process) = command.spawn() else {
        let ci = std::env::var_os("CI").is_some_and(|value| value == "true");
        assert!(!ci, "util-linux's `script` is missing");
        testkit::say("SKIPPED: passwords typed on a terminal: util-linux's `script` is missing");
        return None;
    };
    let mut stdin = process.stdin.take().expect("a pipe");
    drop(stdin.write_all(typed.as_bytes()));
    let output = process.wait_with_output().expect("an end");
    drop(stdin);
    Some(output)
}

#[test]
fn a_password_is_asked_for_on_a_terminal() {
    let folder = tempfile::TempDir::new().expect("a folder");
    for (typed, success, told) in [
        ("correct horse battery\ncorrect horse\n", false, "differ"),
        ("password1\n", false, "most common"),
        (
            "correct horse battery\ncorrect horse battery\n",
            true,
            "created admin grace@example.com",
        ),
    ] {
        let Some(output) = create_user_on_a_terminal(folder.path(), typed) else {
            return;
        };
        let shown = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.success(), success, "{shown}");
        assert!(
            shown.contains("Password: ") && shown.contains(told),
            "{shown}"
        );
    }
}

#[test]
fn without_a_terminal_the_password_has_to_be_sent() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let program = env!("CARGO_BIN_EXE_support-assistant");
    let refused = Command::new("setsid")
        .args([program, "user", "create"])
        .args(["--email", "a@b.c", "--role", "agent"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .expect("an end");
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8_lossy(&refused.stderr);
    assert!(told.contains("--password-stdin"), "{told}");
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
