//! What the product tells of itself in numbers.

use groq_simulator::{Reply, Simulator};
use reqwest::Client;
use serde_json::{Value, json};

use crate::binary::Server;
use crate::harness::{Answer, Home, TestApp, soon};

/// The value of a series, whose labels are written as they are told.
#[track_caller]
fn value<'a>(metrics: &'a str, series: &str) -> &'a str {
    let line = metrics.lines().find(|line| {
        let rest = line.strip_prefix(series);
        rest.is_some_and(|rest| rest.starts_with(' '))
    });
    let line = line.unwrap_or_else(|| panic!("no {series} in\n{metrics}"));
    line.rsplit(' ').next().expect("a value")
}

/// The real binary, telling metrics.
async fn measured(home: &Home, more: &[(&str, &str)]) -> Server {
    let settings = home.settings();
    let mut settings: Vec<(&str, &str)> = settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    settings.push(("METRICS_ADDR", "127.0.0.1:0"));
    settings.extend_from_slice(more);
    Server::start(home.folder.path(), &settings).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_s_work_is_counted_and_timed() {
    let simulator = Simulator::start().await.expect("a simulator");
    simulator.enqueue(Reply::status(503));
    simulator.enqueue(Reply::new().with_pieces(["It is ", "here."]));
    let model = simulator.base_url();
    let home = Home::new().await;
    let mut server = measured(
        &home,
        &[
            ("GROQ_API_KEY", "gsk_not_a_real_key"),
            ("GROQ_BASE_URL", &model),
        ],
    )
    .await;
    let token = server.new_customer().await;
    let ticket = server.new_ticket(&token).await;
    let stream = server.request(&format!("{ticket}/ai-response"), &token);
    let text = stream.send().await.expect("a stream").text().await;
    assert!(text.expect("a whole stream").contains("response.completed"));

    let metrics = server.metrics().await;
    let on_postgres = metrics.contains(r#"store="postgresql""#);
    let store = if on_postgres { "postgresql" } else { "sqlite" };
    let model = r#"model="openai/gpt-oss-20b""#;
    for (series, expected) in [
        (
            r#"http_requests_total{method="POST",route="/tickets",status="201"}"#.to_owned(),
            "1",
        ),
        (
            r#"http_request_seconds_count{method="POST",route="/auth/login"}"#.to_owned(),
            "1",
        ),
        (
            r#"replies_total{outcome="completed",detail="stop"}"#.to_owned(),
            "1",
        ),
        (
            format!(r#"upstream_requests_total{{{model},outcome="answered"}}"#),
            "1",
        ),
        (
            format!(r#"upstream_requests_total{{{model},outcome="upstream_unavailable"}}"#),
            "1",
        ),
        (format!("upstream_retries_total{{{model}}}"), "1"),
        (format!("upstream_breaker_open{{{model}}}"), "0"),
        ("first_token_seconds_count".to_owned(), "1"),
        ("generations_running".to_owned(), "0"),
        ("streams_open".to_owned(), "0"),
        ("password_hashes_waiting".to_owned(), "0"),
        ("password_hash_seconds_count".to_owned(), "2"),
    ] {
        let series = format!("support_assistant_{series}");
        assert_eq!(value(&metrics, &series), expected, "{series}");
    }
    for series in [
        format!(r#"reply_tokens_total{{{model},direction="input"}}"#),
        "log_append_seconds_count".to_owned(),
        "log_batch_replies_count".to_owned(),
        format!(r#"database_wait_seconds_count{{store="{store}"}}"#),
        format!(r#"database_work_seconds_count{{store="{store}",kind="transaction"}}"#),
    ] {
        let series = format!("support_assistant_{series}");
        assert_ne!(value(&metrics, &series), "0", "{series}");
    }
    assert!(value(&metrics, "process_resident_memory_bytes") > "0");
    // Nothing that a customer wrote, and no name of anything of theirs.
    let id = ticket.rsplit('/').next().expect("an id");
    for told in ["ada@example.com", "Parcel", id] {
        assert!(!metrics.contains(told), "{told}");
    }

    let elsewhere = Answer::to(server.request("/metrics", &token)).await;
    elsewhere.expect_problem(404, "unknown_path");
    server.terminate();
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_busy_only_while_they_work() {
    let home = Home::new().await;
    let mut server = measured(&home, &[]).await;
    let token = server.new_customer().await;
    server.new_ticket(&token).await;
    // The product's own chores borrow some now and then.
    let at_rest = soon("no connection is busy", async {
        loop {
            let metrics = server.metrics().await;
            let connections = |state| {
                let name = "support_assistant_database_connections{";
                let state = format!(r#"state="{state}""#);
                let line = metrics
                    .lines()
                    .find(|line| line.starts_with(name) && line.contains(&state));
                line.and_then(|line| line.rsplit(' ').next())
                    .expect("a value")
            };
            if connections("busy") == "0" && connections("idle") != "0" {
                return;
            }
        }
    });
    at_rest.await;
    server.terminate();
}

#[tokio::test(flavor = "multi_thread")]
async fn handoffs_are_counted_by_reason_whoever_caused_them() {
    let home = Home::new().await;
    let mut server = measured(&home, &[]).await;
    let token = server.new_customer().await;
    for description in [
        "I want to talk to a human!",
        "Do you sell bicycles on Mars?",
    ] {
        let ticket = json!({"title": "Hello", "description": description});
        let ticket = server.post("/tickets", &token, ticket).await;
        let path = format!("/tickets/{}/ai-response", ticket.text_of("id"));
        // Who reads again causes nothing.
        for _ in 0..2 {
            let stream = server.request(&path, &token).send().await;
            let text = stream.expect("a stream").text().await;
            assert!(text.expect("a whole stream").contains("ticket.handed_off"));
        }
    }
    let ticket = server.new_ticket(&token).await;
    for _ in 0..2 {
        let handoff = format!("{ticket}/handoff");
        let handed_off = server.post(&handoff, &token, Value::Null).await;
        handed_off.expect_status(200);
    }
    let metrics = server.metrics().await;
    for reason in ["requested", "nothing_found", "customer"] {
        let series = format!(r#"support_assistant_handoffs_total{{reason="{reason}"}}"#);
        assert_eq!(value(&metrics, &series), "1", "{reason}");
    }
    server.terminate();
}

#[tokio::test(flavor = "multi_thread")]
async fn invented_methods_and_paths_make_up_no_series() {
    let home = Home::new().await;
    let mut server = measured(&home, &[]).await;
    for name in ["ONE", "TWO"] {
        let method = reqwest::Method::from_bytes(name.as_bytes()).expect("a token");
        let url = format!("{}/{name}", server.base_url());
        Answer::to(Client::new().request(method, url))
            .await
            .expect_status(404);
    }
    let metrics = server.metrics().await;
    let series =
        r#"support_assistant_http_requests_total{method="other",route="unknown",status="404"}"#;
    assert_eq!(value(&metrics, series), "2");
    server.terminate();
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_told_only_where_they_are_wanted() {
    let app = TestApp::start().await;
    let refused = app.stranger().get("/metrics").await;
    refused.expect_problem(404, "unknown_path");
}
