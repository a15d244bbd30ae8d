//! Backups as docs/OPERATIONS.md says, made while the product serves, and served elsewhere.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::postgres::fresh_database;

use crate::binary::Server;
use crate::harness::Answer;
use crate::programs::{program, run};

const SECRET: (&str, &str) = ("JWT_SECRET", "q1Zk9vT3mXw8RbYp5LcJd7HfGs2NaEuV");

/// A customer with an answered ticket. Gives the token and the ticket's path.
async fn use_it(server: &Server) -> (String, String) {
    let token = server.new_customer().await;
    let ticket = server.new_ticket(&token).await;
    let stream = server.request(&format!("{ticket}/ai-response"), &token);
    let text = stream.send().await.expect("a stream").text().await;
    assert!(text.expect("a whole stream").contains("response.completed"));
    (token, ticket)
}

async fn show(server: &Server, token: &str, ticket: &str) -> Value {
    let answer = Answer::to(server.request(ticket, token)).await;
    answer.expect_status(200).json()
}

/// Everything is there, and it goes on: the same session and the same password work.
async fn assert_goes_on(server: &Server, token: &str, ticket: &str, before: &Value) {
    assert_eq!(show(server, token, ticket).await, *before);
    let account = json!({"email": "ada@example.com", "password": "correct horse battery"});
    let signed_in = server.post("/auth/login", "", account).await;
    signed_in.expect_status(200);
    let message = json!({"content": "And now?"});
    let sent = server
        .post(&format!("{ticket}/messages"), token, message)
        .await;
    sent.expect_status(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_the_file_made_while_it_is_served_is_a_backup() {
    let Some(sqlite3) = program("sqlite3") else {
        return;
    };
    let folder = TempDir::new().expect("a temporary folder");
    let mut server = Server::start(folder.path(), &[]).await;
    let (token, ticket) = use_it(&server).await;
    let before = show(&server, &token, &ticket).await;
    let elsewhere = TempDir::new().expect("a temporary folder");
    let data = elsewhere.path().join("data");
    std::fs::create_dir(&data).expect("a folder");
    let mut backup = Command::new(&sqlite3);
    run(backup.current_dir(folder.path()).args([
        "data/support.db",
        &format!(".backup '{}'", data.join("support.db").display()),
    ]));
    // What happens later is not in it.
    let later = json!({"content": "Too late"});
    let sent = server
        .post(&format!("{ticket}/messages"), &token, later)
        .await;
    sent.expect_status(201);
    copy_key(folder.path(), elsewhere.path());
    server.kill();

    let restored = Server::start(elsewhere.path(), &[]).await;
    assert_goes_on(&restored, &token, &ticket, &before).await;
}

/// The key beside the database, without which everybody has to sign in again.
fn copy_key(from: &Path, to: &Path) {
    let mut copied = 0;
    for entry in std::fs::read_dir(from.join("data")).expect("a folder") {
        let file = entry.expect("a file").path();
        if file
            .extension()
            .is_some_and(|extension| extension == "jwt-key")
        {
            let name = file.file_name().expect("a name");
            std::fs::copy(&file, to.join("data").join(name)).expect("a copy");
            copied += 1;
        }
    }
    assert_eq!(copied, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_made_while_it_is_served_is_a_backup() {
    let (Some(dump), Some(restore)) = (program("pg_dump"), program("pg_restore")) else {
        return;
    };
    let (Some(database), Some(fresh)) = (fresh_database().await, fresh_database().await) else {
        return;
    };
    let folder = TempDir::new().expect("a temporary folder");
    let settings = [SECRET, ("DATABASE_URL", database.url())];
    let mut server = Server::start(folder.path(), &settings).await;
    let (token, ticket) = use_it(&server).await;
    let before = show(&server, &token, &ticket).await;
    let file = folder.path().join("support.dump");
    run(Command::new(&dump)
        .args(["--format=custom", "--no-owner", "--file"])
        .arg(&file)
        .arg(database.url()));
    server.kill();

    run(Command::new(&restore)
        .args([
            "--no-owner",
            "--exit-on-error",
            "--single-transaction",
            "--dbname",
            fresh.url(),
        ])
        .arg(&file));
    let settings = [SECRET, ("DATABASE_URL", fresh.url())];
    let restored = Server::start(folder.path(), &settings).await;
    assert_goes_on(&restored, &token, &ticket, &before).await;
}
