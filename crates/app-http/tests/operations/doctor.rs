//! What `support-assistant doctor` says, of a healthy product and of ailing ones.

use std::net::SocketAddr;
use std::path::Path;

use groq_simulator::{Reply, Simulator};
use tempfile::TempDir;
use testkit::postgres::fresh_database;

use crate::binary::{Server, binary};
use crate::nginx::{Buffering, Nginx};

const SECRET: (&str, &str) = ("JWT_SECRET", "q1Zk9vT3mXw8RbYp5LcJd7HfGs2NaEuV");

/// Asks the doctor. Whether all is well, and what was said.
async fn ask(folder: &Path, settings: &[(&str, &str)], arguments: &[&str]) -> (bool, String) {
    let mut command = binary(folder, settings);
    command.arg("doctor").args(arguments);
    let asked = tokio::task::spawn_blocking(move || command.output());
    let output = asked.await.expect("an end").expect("the doctor starts");
    let said = String::from_utf8(output.stdout).expect("text");
    let complaint = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.success(), complaint.is_empty(), "{complaint}");
    (output.status.success(), said)
}

fn address(server: &Server) -> SocketAddr {
    let address = server.base_url().trim_start_matches("http://");
    address.parse().expect("an address")
}

#[track_caller]
fn assert_says(said: &str, lines: &[&str]) {
    for line in lines {
        assert!(said.contains(line), "{line:?} is not in\n{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_lets_streams_through_is_healthy() {
    let folder = TempDir::new().expect("a temporary folder");
    let server = Server::start(folder.path(), &[]).await;
    let Some(nginx) = Nginx::start(&[address(&server)], Buffering::Off).await else {
        return;
    };
    let (healthy, said) = ask(folder.path(), &[], &["--url", &nginx.base_url()]).await;
    assert!(healthy, "{said}");
    assert_says(
        &said,
        &[
            "ok    database: answers",
            "ok    migrations: the newest is applied",
            "ok    clock: ",
            "ok    articles: 8 are published",
            "ok    index: is made in ",
            "8 of 8 articles are found by their titles",
            "ok    model: none is wanted",
            "ok    stream: events arrive as they are sent",
            "ok    heartbeats: arrive",
            "ok    resuming: Last-Event-ID is understood",
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_gathers_events_is_found_out_and_what_to_change_is_said() {
    let folder = TempDir::new().expect("a temporary folder");
    let server = Server::start(folder.path(), &[]).await;
    let Some(nginx) = Nginx::start(&[address(&server)], Buffering::On).await else {
        return;
    };
    let (healthy, said) = ask(folder.path(), &[], &["--url", &nginx.base_url()]).await;
    assert!(!healthy, "{said}");
    assert_says(
        &said,
        &[
            "FAIL  stream: all events arrived at once",
            "`proxy_buffering off`",
        ],
    );
    // A server that is found without the proxy is well.
    let (healthy, said) = ask(folder.path(), &[], &["--url", server.base_url()]).await;
    assert!(healthy, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_missing_is_made_by_looking_for_it() {
    let folder = TempDir::new().expect("a temporary folder");
    let (healthy, said) = ask(folder.path(), &[], &[]).await;
    assert!(healthy, "{said}");
    assert_says(&said, &["the first start makes it", "stream: not tried"]);
    let made = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(made, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_tables_is_told_from_one_that_is_not_there() {
    let Some(database) = fresh_database().await else {
        return;
    };
    let folder = TempDir::new().expect("a temporary folder");
    let settings = [SECRET, ("DATABASE_URL", database.url())];
    let (healthy, said) = ask(folder.path(), &settings, &[]).await;
    assert!(healthy, "{said}");
    assert_says(
        &said,
        &[
            "ok    database: answers",
            "WARN  migrations: some are missing",
        ],
    );

    let url = "postgres://support:hunter2hunter2@127.0.0.1:1/support";
    let (healthy, said) = ask(folder.path(), &[SECRET, ("DATABASE_URL", url)], &[]).await;
    assert!(!healthy, "{said}");
    assert_says(&said, &["FAIL  database: ", "Look at DATABASE_URL"]);
    assert!(!said.contains("hunter2"), "{said}");
}

/// In German "was" means "what", and in English it is no word to look for.
#[tokio::test(flavor = "multi_thread")]
async fn articles_that_the_search_does_not_find_are_told_of() {
    let folder = TempDir::new().expect("a temporary folder");
    let import = |name: &str, text: &str| {
        let help = folder.path().join("help");
        std::fs::create_dir_all(&help).expect("a folder");
        std::fs::write(help.join(name), text).expect("a file");
        let mut command = binary(folder.path(), &[]);
        let imported = command.args(["articles", "import", "help"]).output();
        assert!(imported.expect("an end").status.success());
    };
    import(
        "draft.md",
        "---\ntitle: Draft\npublished: false\n---\nNot yet.",
    );
    let (healthy, said) = ask(folder.path(), &[], &[]).await;
    assert!(healthy, "{said}");
    assert_says(&said, &["WARN  articles: none are published"]);
    assert!(!said.contains("index: "), "{said}");

    import("versand.md", "# Versand\nDer Versand dauert drei Tage.");
    import(
        "was.md",
        "---\ntitle: Was\nslug: was\n---\nFragen zum Versand.",
    );
    let (healthy, said) = ask(folder.path(), &[], &[]).await;
    assert!(healthy, "{said}");
    assert_says(
        &said,
        &[
            "WARN  index: 1 of 2 articles are not found by their own titles, such as \"Was\"",
            "SEARCH_LANGUAGE (english)",
        ],
    );
    let (_, said) = ask(folder.path(), &[("SEARCH_LANGUAGE", "none")], &[]).await;
    assert_says(&said, &["ok    index: is made in ", "2 of 2 articles"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_model_s_host_is_asked_whether_it_would_answer() {
    let simulator = Simulator::start().await.expect("a simulator");
    let base_url = simulator.base_url();
    let folder = TempDir::new().expect("a temporary folder");
    let with = |model, key, base_url| {
        [
            ("GROQ_MODEL", model),
            ("GROQ_API_KEY", key),
            ("GROQ_BASE_URL", base_url),
        ]
    };
    let key = "gsk_not_a_real_key";
    for (settings, line) in [
        (
            with("openai/gpt-oss-20b", key, base_url.as_str()),
            "ok    model: the host takes the key and has openai/gpt-oss-20b",
        ),
        (
            with("nobody/knows-it", key, &base_url),
            "FAIL  model: the host has no model nobody/knows-it. Set GROQ_MODEL",
        ),
        (
            with("openai/gpt-oss-20b", key, "http://127.0.0.1:1/v1"),
            "Look at GROQ_BASE_URL",
        ),
        (
            with("openai/gpt-oss-20b", key, "http://127.0.0.1"),
            "Look at GROQ_BASE_URL",
        ),
    ] {
        let (_, said) = ask(folder.path(), &settings, &[]).await;
        assert_says(&said, &[line]);
        assert!(!said.contains(key), "{said}");
    }
    let asked_for_answers = simulator.counts().received;
    assert_eq!(asked_for_answers, 0, "looking costs nothing");
}
