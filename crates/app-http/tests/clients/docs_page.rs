//! The documentation's page, on which a developer signs in and tries the API, in a browser.

use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::binary::Server;
use crate::running::Running;
use crate::tools;

#[derive(Debug, Deserialize)]
struct Report {
    operations: usize,
    /// What `GET /auth/me` said.
    answer: String,
    complaints: Vec<String>,
    addresses: Vec<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_developer_signs_in_on_the_page_and_tries_the_api_there() {
    let browser = tools::browser("docs_page.mjs");
    let Ok(browser) = browser.inspect_err(|missing| tools::say_skipped("/docs", missing)) else {
        return;
    };
    let folder = TempDir::new().expect("a temporary folder");
    let settings = [("DATABASE_URL", "sqlite://support.db")];
    let server = Server::start(folder.path(), &settings).await;
    let account = json!({"email": "ada@example.com", "password": "correct horse battery"});
    let signed_up = server.post("/auth/signup", "", account.clone()).await;
    signed_up.expect_status(201);

    let mut order = account;
    order["base_url"] = json!(server.base_url());
    let page = Running::run("/docs".to_owned(), browser, &order);
    let report: Report = page.report().await;

    assert_eq!(report.complaints, [""; 0]);
    let answer: Value = serde_json::from_str(&report.answer).expect("JSON");
    assert_eq!(answer["email"], "ada@example.com");
    assert!(report.operations > 25, "{report:?}");
    for address in &report.addresses {
        let ours = address.starts_with(server.base_url()) || address.starts_with("data:");
        assert!(ours, "the page asks others: {address}");
    }
}
