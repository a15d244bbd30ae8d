use reqwest::Method;

use crate::harness::{Answer, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_problems_type_leads_to_what_it_means() {
    let app = TestApp::start().await;
    let refused = app.stranger().get("/tickets").await;
    let problem = refused.expect_problem(401, "unauthenticated").json();
    let address = problem["type"].as_str().expect("an address").to_owned();
    let page = app.stranger().get(&address).await.expect_status(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(
        page.body.contains("401 Unauthorized: no token was sent."),
        "{}",
        page.body
    );

    let json = app.stranger().request(Method::GET, &address);
    let json = Answer::to(json.header("accept", "application/json")).await;
    let json = json.expect_status(200).json();
    assert_eq!(json["type"], problem["type"]);
    assert_eq!(json["title"], problem["title"]);
    assert_eq!(json["code"], "unauthenticated");
    assert_eq!(json["status"], "401");
    assert_eq!(json["description"], "no token was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_problem_is_not_found() {
    let app = TestApp::start().await;
    for code in ["no_such_code", "NOT_FOUND", "%00", "..%2f"] {
        app.stranger()
            .get(&format!("/problems/{code}"))
            .await
            .expect_problem(404, "not_found");
    }
    app.stranger()
        .get("/problems")
        .await
        .expect_problem(404, "unknown_path");
}

/// Every code in the manual's table, and so every one in the code, resolves.
#[tokio::test(flavor = "multi_thread")]
async fn every_documented_code_has_a_page() {
    let app = TestApp::start().await;
    let manual = include_str!("../../../../docs/API.md");
    let (_, table) = manual
        .split_once("| status | code | when |")
        .expect("a table");
    let (table, _) = table.split_once("\n\n").expect("an end");
    let codes: Vec<&str> = table
        .lines()
        .filter_map(|row| row.split('`').nth(1))
        .collect();
    assert!(codes.len() > 30, "{codes:?}");
    for code in codes {
        let page = app.stranger().get(&format!("/problems/{code}")).await;
        assert!(page.expect_status(200).body.contains(code));
    }
}
